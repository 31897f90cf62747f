"""What ``twistd`` and ``twist`` list; the modules are imported when one of them is run."""

from twisted.application.service import ServiceMaker

server = ServiceMaker(
    "datechat", "twisted_date.server.tap", "The date and time, one line in, one line out.", "datechat"
)
client = ServiceMaker(
    "datechat-client", "twisted_date.client.tap", "Batch to a datechat server.", "datechat-client"
)
