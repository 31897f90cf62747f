"""The commands that ``twistd`` and ``twist`` list; their modules are imported when they run."""

from twisted.application.service import ServiceMaker

server = ServiceMaker(
    "datechat", "twisted_date.server.tap", "The date and time, one line in, one line out.", "datechat"
)
client = ServiceMaker(
    "datechat-client", "twisted_date.client.tap", "Talk to a datechat server.", "datechat-client"
)
