"""The catalogue: every sentence under a name."""

from .messages import Plural, Sentence

CONNECTED = Sentence("You are connected. /help lists the commands.")
CONNECTED_AS = Sentence("You are connected, {name}. /help lists the commands.")
GREETING = Sentence("Hello, {name}. You are connected.")
GOODBYE = Sentence("Goodbye. The connection is closed.")
GOODBYE_TO = Sentence("Goodbye, {name}. The connection is closed.")
CLOCK_SYNCHRONISED = Sentence("The clock is synchronised, at most {error} ms off; zone data {version}.")
CLOCK_NOT_SYNCHRONISED = Sentence("The clock is not synchronised; zone data {version}.")
CLOCK_UNKNOWN = Sentence("Whether the clock is synchronised is not known; zone data {version}.")
UNKNOWN_VERSION = Sentence("of an unknown version")
COMES_TWICE = Sentence("The local time that was asked for comes twice; the first is meant.")
UNTIL = Sentence("in {span}")
SINCE = Sentence("{span} ago")
RIGHT_NOW = Sentence("now")
TWO_SPANS = Sentence("{larger} and {smaller}")
DAYS = Plural("{number} day", "{number} days")
HOURS = Plural("{number} hour", "{number} hours")
MINUTES = Plural("{number} minute", "{number} minutes")
SECONDS = Plural("{number} second", "{number} seconds")
LANGUAGE = Sentence("The language is {language}.")
LANGUAGE_SET = Sentence("The language is {language} from now on.")
LANGUAGE_OF_DATES = Sentence("The language of dates is {language} from now on; sentences are in English.")
ZONE = Sentence("The zone is {zone}.")
ZONE_SET = Sentence("The zone is {zone} from now on.")
JSON_ON = Sentence("Replies are JSON objects from now on.")
JSON_OFF = Sentence("Replies are plain text from now on.")
HELP = Sentence("{usage}: {summary}")
COMMANDS = Sentence("{commands}; {farewell} ends it. /help COMMAND tells more.")

LINE_TOO_LONG = Sentence("the line is too long; {limit} bytes are the most a line may have")
NOT_UTF8 = Sentence("the line is not UTF-8; send text in UTF-8")
UNKNOWN_COMMAND = Sentence("{command} is not a command; /help lists them")
UNKNOWN_COMMAND_NEAR = Sentence("{command} is not a command; did you mean {nearest}?")
UNEXPECTED_ARGUMENT = Sentence("{argument} is more than {command} understands; the usage is {usage}")
NAME_MISSING = Sentence("no name was given; the usage is /name NAME")
NAME_TOO_LONG = Sentence("the name is too long; {limit} characters are the most")
NAME_NOT_PRINTABLE = Sentence("the name holds a control character; send letters only")
AMBIGUOUS_DATE = Sentence("{date} may be read as {choices}; write one of these")
AMBIGUOUS_NUMBER = Sentence("{number} may be a year, a day or an hour; write it as in 2026-12-25 or 19:00")
AMBIGUOUS_PLACE = Sentence("{place} may mean several places; say which: {choices}")
AMBIGUOUS_SPAN = Sentence("{span} may be read in two ways; join the spans, as in 1 hour and 30 minutes ago")
CONFLICTING_FORMATS = Sentence("more than one format was asked for; give one of -R, -I and +FORMAT")
FORMAT_OF_SPAN = Sentence("a span has no format; leave out -R, -I and +FORMAT")
FORMAT_TOO_LONG = Sentence("the date would be longer than {limit} characters; ask for a shorter format")
IMPOSSIBLE_DATE = Sentence("there is no {date}; right is for example 2026-12-25")
IMPOSSIBLE_OFFSET = Sentence("no place is as far from UTC as {offset}; offsets go from -14:00 to +14:00")
IMPOSSIBLE_TIME = Sentence("there is no {time} in a day; right are for example 19:00 and 7pm")
LATE_OPTION = Sentence("{option} comes too late; options stand in front, as in /date -u tomorrow")
MISSING_MOMENT = Sentence("no moment was given; right is for example tomorrow 19:00")
NOT_UNDERSTOOD = Sentence("{word} was not understood; right is for example tomorrow 19:00 in Tokyo")
OPEN_QUOTE = Sentence("the quote {quote} is not closed; close it, or leave it out")
OUT_OF_RANGE = Sentence("the date lies outside the years 1 to 9999; ask for one within them")
PART_OF_A_DAY = Sentence("{span} is not whole; only hours, minutes and seconds have fractions")
SAID_TWICE = Sentence("{word} comes on top of what was said; give one date and one time of day")
SKIPPED_TIME = Sentence(
    "{time} does not exist there: clocks go from {begin} to {end}; ask for a time before or after"
)
TOO_MANY_PLACES = Sentence(
    "{place} is one place too many; give one to read the time in and one to show it in"
)
UNKNOWN_LANGUAGE = Sentence("{tag} is not a language that is known; right are for example fr and pt-BR")
UNKNOWN_OPTION = Sentence(
    "{option} is not an option; these are -u, -d WHEN, and for /date -R and -I[date|hours|minutes|seconds|ns]"
)
UNKNOWN_PLACE = Sentence("{place} is not a place that is known; /zones TEXT lists those whose names begin so")
UNKNOWN_PRECISION = Sentence("{precision} does not fit -I; it takes {choices}")
WRONG_WEEKDAY = Sentence("{date} is not that weekday but a {weekday}; leave the weekday out")
UTC_AND_PLACE = Sentence("-u means UTC, and a place was named too; leave one out")
TEXT_MISSING = Sentence("no text was given; the usage is /zones TEXT, for example /zones san")
NO_PLACES = Sentence("no place is known whose name begins with {text}; try its first letters only")
REPLY_TOO_LONG = Sentence("the reply would be too long; ask for less")
INTERNAL = Sentence("datechat failed on this line and closes the connection; please connect again")
STOPPING = Sentence("datechat is stopping; please connect again later")
IDLE = Sentence("no line came for {seconds:g} seconds; datechat closes the connection, please connect again")
FULL = Sentence("datechat is full; please connect again later")
TOO_MANY_FROM_HOST = Sentence(
    "datechat serves no more connections from your address; close one of them, then connect again"
)

# What the client says of itself
FIRST_NAME = Sentence("Your first name: ")
FIRST_NAME_AGAIN = Sentence("Your first name ({last}): ")
HINT = Sentence("Tab completes, Ctrl-R searches, Ctrl-C clears, Ctrl-D leaves.")
CONNECTING_AGAIN = Sentence("{trouble}; connecting again, Ctrl-C leaves")
WAS_IDLE = Sentence(
    "the server has closed the connection, as nothing was asked for long; go on when you like"
)
REACHED = Sentence("{server} at {where}; /help lists the commands.")
NO_SERVER_AT = Sentence("no datechat server at {where}: {error}")
NO_SERVER_ON_PORT = Sentence("no datechat server on {host}, port {first}: {error}")
NO_SERVER_ON_PORTS = Sentence("no datechat server on {host}, ports {first} to {last}: {error}")
NO_PORT_FILE_THERE = Sentence(
    "cannot read the port file {path}: {reason}; a server started with --port-file writes one"
)
NOT_A_PORT_FILE = Sentence(
    "{path} is not the port file of a server; give the one that --port-file named there"
)
NO_TLS = Sentence("--tls needs pyOpenSSL; install datechat[tls]")
NO_TLS_THERE = Sentence(
    "no TLS with what answers there ({reason}); leave out --tls where the server speaks plain"
)
NOT_TRUSTED = Sentence(
    "its certificate is not trusted; SSL_CERT_FILE can name a file of certificates that are"
)
CLOSED_AT_ONCE = Sentence(
    "what answers there closes the connection at once; --tls is for a server that speaks TLS"
)
OTHER_CERTIFICATE = Sentence(
    "the certificate of what answers there is another host's; --host names the host it is for"
)
HOW_TO_START_ONE = Sentence("{trouble}; twistd -n datechat --base-port {port} starts one")
CANNOT_READ_OR_WRITE = Sentence("cannot read or write: {reason}")
CLIENT_FAILED = Sentence("the client failed on what it does not know: {what}; please report this")
NOT_AN_ENDPOINT = Sentence("--connect {description!r} is not an endpoint like tcp:localhost:50000: {error}")
REFUSED_OPTION = Sentence("--{option}: {reason}")
NOT_DATECHAT = Sentence("what answers there is not datechat")
SPEAKS_OTHERWISE = Sentence("what answers there does not speak as datechat does")
LINES_TOO_LONG = Sentence("what answers there sends longer lines than datechat does")
CLOSED_BY_US = Sentence("the connection was closed")
CLOSED_BY_SERVER = Sentence("the server closed the connection")
CONVERSATION_ENDED = Sentence("the conversation has ended")
CONNECTION_LOST = Sentence("the connection was lost: {reason}")
NO_REPLY = Sentence("no reply came within {seconds:g} seconds")
NO_CONNECTION = Sentence("no connection came within {seconds:g} seconds")

# What is wrong with options, and the help on those that all commands have, word for word as it stands there
PRINT_VERSION = Sentence("Print the version and exit.")
PRINT_HELP = Sentence("Display this help and exit.")
SEE_HELP = Sentence("{trouble} (--help lists the options)")
NOT_A_WHOLE_NUMBER = Sentence("--{option} is {text!r}; give a whole number from {low} to {high}")
NOT_SECONDS = Sentence("--{option} is {text!r}; give a number of seconds, as in 2.5")
CONNECT_ALONE = Sentence("--connect takes the place of all other ways to the server; leave them out")
NOT_A_PORT = Sentence("DATECHAT_PORT is {text!r}; set it to a whole number from 1 to {high}, or to nothing")
TLS_WITH_LISTEN = Sentence(
    "--tls is for the ports of --base-port; with --listen write fallback:50000:tls=PATH"
)
TOO_MANY_CONNECTIONS = Sentence(
    "--max-connections is {asked}; the limit of open files (ulimit -n) has room for {room}"
)
LISTEN_ALONE = Sentence("--listen takes the place of --base-port, --port-tries and --interface")
NOT_AN_OPTION = Sentence("{word!r} is not an option; datechat takes options only")
LINE_FEED = Sentence("the {option} holds a line feed; give one line")
EMPTY_OPTION = Sentence("--{option} is empty; leave it out for the server's own")
WHERE_ALONE = Sentence("--where asks nothing; leave the words out")
NOT_A_HOST = Sentence("--host is {text!r}; give a name or an address")
FAREWELL_EMPTY = Sentence("the farewell phrase has no letters; give one or more words")
FAREWELL_TOO_LONG = Sentence("the farewell phrase is too long; give {limit} characters at most")
FAREWELL_COMMAND = Sentence("the farewell phrase begins with /, as commands do; give plain words")
FAREWELL_NOT_PRINTABLE = Sentence("the farewell phrase holds a control character; give plain words")

# Why a server cannot be started
NO_SUCH_SOCKET = Sentence("--{option} {description!r}: no such socket was passed to this process")
NOT_A_LISTENER = Sentence("--{option} {description!r} is not an endpoint like tcp:8000: {error}")
NO_METRICS = Sentence("--metrics needs prometheus_client; install datechat[metrics]")
CANNOT_LISTEN_ON_PORT = Sentence("cannot listen on {where}, port {port}: {reason}")
NO_SUCH_PORT = Sentence("cannot listen: a port is out of range; give one from 1 to 65535")
CANNOT_LISTEN = Sentence("cannot listen on {where}: {reason}")
NO_PORT_FILE = Sentence("cannot write the port file {path}: {reason}; give another path")
IS_A_FOLDER = Sentence("it is a folder")
NO_SYSTEMD = Sentence("cannot notify systemd at {path}: {reason}")
