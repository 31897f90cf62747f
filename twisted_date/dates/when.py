"""The grammar of moments, English and French. ``docs/when.abnf`` is made from it.

A moment is a sequence of parts: dates, weekdays, times of day, spans. A rule reads each part, and adds it to
a :class:`.MomentSpec`.
"""

from .errors import DateError, Reason
from .grammar import Grammar
from .rules import days, digits, month_days, numbers, parts, spans, spoken, times
from .rules.spoken import HOUR_ENDS
from .rules.words import VOCABULARY
from .spec import MomentSpec

_DAY = "[weekday:weekday [on ]]day:(nn[ordinal] / ordinal-said)"
_NTH = "nth:nth (weekday:weekday / day)"
_CLOCK = '["t"clock:clock[offset:offset]]'
_NTH_WEEKDAY = "nth:(nn.ordinal / ordinal-word) weekday:weekday"
_SHORT_YEAR = f"late-year{HOUR_ENDS}"
_LESS = 'less:less ["le" ](quarters:quarters / minute:(small / nn))'
_PART = "said:((occurrence:occurrence  / [part-lead ])part:part / tonight)"

# Of the rules that fit, the first one is taken: this is the order in which readings win.
_RULES = (
    (times.unix, '"@"[sign:sign]seconds:decimal'),
    (times.unix, '"unix" [sign:sign]seconds:decimal'),
    (times.unix_or_time, '"@" clock:military'),
    (digits.iso_date, "[lead:on ]date:iso clock:clock.offset:offset"),
    (digits.iso_date, f"[lead:on ]date:iso{_CLOCK}"),
    (digits.iso_date, '[lead:on ]date:yyyymmdd["t"clock:hhmmss[offset:offset]]'),
    (digits.numbers, "[lead:on ]date:(slashes / dashes)!( [number ]unit)"),
    (digits.dots, "[lead:on ]date:(dots / day-and-dots)"),
    (digits.week_date, f'[lead:on ]year:yyyy.hyphen."w".week:dd.hyphen.weekday:weekday-digit{_CLOCK}'),
    (digits.week_date, '[lead:on ]year:yyyy."w".week:nnn'),
    (digits.day_of_year, "[lead:on ]date:year-and-day"),
    (digits.logged, "[lead:on ]day:nn.slash.month:month.slash.year:yyyy[colon.clock:clock]"),
    (digits.month_and_joined_day, "[lead:on ]month:month date:day-and-year"),
    (digits.short_year, "[lead:on ]day:nn.hyphen.month:month.hyphen.year:dd"),
    (digits.month_and_year_first, "[lead:on ]year:yyyy~month:month~day:nn[ordinal]"),
    (days.short_mardi, '"mar."dated:=( [on ]nn[ordinal]dash["of" ]month)'),
    (days.short_mardi, '"mar."[ day:nn[ordinal]]'),
    (days.short_mardi, '[on ]day:nn[ordinal] "mar."'),
    (
        days.month_and_day,
        '[lead:on ]day:nn([dash] / ordinal.dash)["of" ]month:month'
        f"[year:([dash]yyyy /  yy /  {_SHORT_YEAR}) /  which:occurrence-behind]",
    ),
    (
        days.month_and_day,
        f"[lead:on ]month:month.dash.day:nn[ordinal][year:(dash.yyyy /  yy /  {_SHORT_YEAR})]",
    ),
    (
        days.month_and_day,
        '[lead:on ]month:month "the" day:(nn[ordinal] / ordinal-said)[year:(dash.yyyy /  yy)]',
    ),
    (days.month_and_day, "[lead:on ]month:month day:ordinal-said[year:(dash.yyyy /  yy)]"),
    (
        days.month_and_day,
        '[lead:on ]day:(ordinal-said ["of" ] / cardinal-said )month:month'
        "[year:(dash.yyyy /  yy) /  which:occurrence-behind]",
    ),
    (month_days.holiday_of_a_country, "[lead:on ]country-holiday"),
    (
        month_days.holiday,
        "[lead:(on / at[ on]) ]holiday:holiday"
        '[ year:yyyy!( unit) /  occurrence:occurrence-behind]!( "island")',
    ),
    (month_days.holiday, "[lead:on ]occurrence:occurrence holiday:holiday"),
    (month_days.nth_day, f"[lead:on ]{_NTH}[ of-month] month:month[ year:yyyy]"),
    (month_days.nth_day, f"[lead:on ]{_NTH}[ of-month] occurrence:occurrence months"),
    (month_days.nth_day, f"[lead:on ]{_NTH} of-month[ on] months[ occurrence:occurrence-behind]"),
    (month_days.nth_day_of_year, f"[lead:on ]{_NTH} of-year year:yyyy"),
    (month_days.nth_day_of_year, f"[lead:on ]{_NTH}[ of-year] occurrence:occurrence years"),
    (month_days.nth_day_of_year, f"[lead:on ]{_NTH} of-year[ on] years[ occurrence:occurrence-behind]"),
    (
        days.weekday_from_a_day,
        "[lead:on ]nth:(nn.ordinal / ordinal-word) weekday:weekday side:side!( time-word)",
    ),
    (month_days.nth_weekday_alone, "[lead:on ]nth:(nn.ordinal / ordinal-word) weekday:weekday"),
    (month_days.day_of_a_month, f"[lead:on ]{_DAY} of-month occurrence:occurrence months"),
    (month_days.day_of_a_month, f"[lead:on ]{_DAY} of-month[ on] months[ occurrence:occurrence-behind]"),
    (month_days.end_of_month, "[on ]end[ of-month][ on] months"),
    (
        spoken.minutes_past,
        '[lead:at ]["a" ](quarters:quarters / minute:minutes-said) (past:past / until:until) hour:full-hour'
        f"[~half:half]{HOUR_ENDS}",
    ),
    (spoken.minutes_past, f'[lead:at ]minute:nn past:"past" hour:full-hour[~half:half]{HOUR_ENDS}'),
    (spans.hours_and_minutes, "before:before hours:(nnn~ / number-said )heures~minutes:mm!(~unit)"),
    (spans.hours_and_minutes, "before:before hours:(nnn~ / number-said )heures minutes:tens!( unit)"),
    (spans.hours_and_minutes, "hours:nnn~heures~minutes:mm behind:behind"),
    (spans.hours_and_minutes, "sign:sign.hours:nnn~heures~minutes:mm!(~unit)"),
    (spans.clock_or_span, "before:before clock:hour-colon-minute"),
    (spans.span_from_now, 'before:before spans:spans[ "time"]'),
    (spans.span_from_now, 'spans:spans behind:behind[ "today"]'),
    (spans.signed_span, "sign:sign~spans:spans[ behind:behind]"),
    (spans.span_from_a_moment, "spans:spans relation:relation"),
    (days.day_word, '[lead:on ]word:("day" ("after" "tomorrow" / "before" "yesterday"))'),
    (spans.day_beside_another, "[on ]neighbour:neighbour"),
    (days.weeks_later, "[lead:on ]number:(nn / number-said) week[ on] weekday:weekday"),
    (days.weeks_later, "[lead:on ]number:(nn / number-said) week word:day-word"),
    (spans.months_or_minutes, 'before:before amount:(count~)"m"'),
    (spans.months_or_minutes, 'amount:(count~)"m"[ behind:behind]'),
    (spoken.twelve, "[lead:at ]twelve:(nn / hour-word / clock) time:time-word"),
    (times.time_range, "[at ]first:hour-and-minute~hyphen~second:hour-and-minute"),
    (times.time_of_day, "[lead:at ]clock:clock(~half:half / [offset:offset])"),
    (times.time_of_day, "[lead:at ]clock:clock.half:short-half"),
    (times.time_of_day, "[lead:at ]hour:nn~half:half"),
    (times.time_of_day, "[lead:at ]hour:nn.half:short-half"),
    (times.time_of_day, '[lead:at ]hour:nn half:"p"'),
    (times.time_of_day, "[lead:at ]clock:hmm~half:half"),
    (times.time_of_day, '[lead:at ]clock:military.offset:"z"'),
    (times.time_of_day, "[lead:at ]clock:hh-dot-mm~half:half"),
    (times.time_of_day, "[lead:at ]clock:hh-dot-mm.half:short-half"),
    (times.time_of_day, "lead:at clock:hh-dot-mm[~heures]"),
    (spoken.oclock, "[lead:at ]hour:(nn / hour-word) o-clock[~half:half]"),
    (spoken.hour_and_minutes, f"[lead:at ]hour:(nn~ / hour-said )french:heures {_LESS}"),
    (spoken.hour_and_minutes, f"[lead:at ]hour:(nn~ / hour-said )french:heures minute:small{HOUR_ENDS}"),
    (spoken.hour_and_minutes, f"[lead:at ]hour:time-word {_LESS}"),
    (spoken.hour_and_minutes, f'[lead:at ]hour:time-word minute:(tens / "cinq"){HOUR_ENDS}'),
    (spoken.hour_and_minutes, "[lead:at ]hour:time-word joining quarters:quarters"),
    (
        spoken.hour_and_minutes,
        f"[lead:at ]hour:hour-word minute:(tens / oh-five)[~half:half]{HOUR_ENDS}",
    ),
    (spoken.half_hour, f'[lead:at ]"half" hour:(hour-word / nn)[~half:half]{HOUR_ENDS}'),
    (times.decimal_hours, "clock:hh-dot-mm~heures"),
    (times.military_time, "[lead:at ]clock:military~hours"),
    (spoken.hundred_hours, '[lead:at ]hour:hour-said "hundred" hours'),
    (times.time_of_day, "[lead:at ]hour:(nn~ / hour-one )heures joining [parts:number ]quarters:quarters"),
    (times.hours_and_minutes_of_day, "[lead:at ]hour:(nn~ / hour-one )heures~minute:nn~minutes"),
    (times.time_of_day, '[lead:at ]hour:(nn~ / hour-one )heures[minute:(dd /  dd!( ["of" ]month))]'),
    (times.same_time, "[lead:at ]same-time"),
    (digits.day_or_time, "clock:hh-dot-mm"),
    (times.named_time, '[lead:(at / "ce") ]time:time-word'),
    (times.on_the_dot, "on-the-dot"),
    (times.time_of_day, f"lead:at clock:military{HOUR_ENDS}"),
    (spoken.oclock, "[lead:at ]hour:hour-word half:half"),
    (spoken.oclock, f"lead:at hour:(nn / hour-word){HOUR_ENDS}"),
    (parts.hour_and_part, f"hour:(nn / hour-word) {_PART}"),
    (parts.hour_and_part_of_a_day, "hour:(nn / hour-word) word:day-word said:(part:part)"),
    (parts.part_and_hour, f"{_PART} hour:(nn / hour-word){HOUR_ENDS}"),
    (parts.part_of_day, "said:([on ]part:part occurrence:occurrence-behind)"),
    (parts.part_of_day, _PART),
    (spans.bare_span, "spans:spans"),
    (days.weekday_of_a_week, "[lead:on ]weekday:weekday of[ on] occurrence:occurrence week"),
    (days.weekday_of_a_week, "[lead:on ]weekday:weekday of[ on] week occurrence:occurrence-behind"),
    (spans.occurrence_of_unit, "[on ]occurrence:occurrence unit:unit"),
    (spans.occurrence_of_unit, "[on ]unit:unit occurrence:occurrence-behind"),
    (days.weeks_later, "[lead:on ](weekday:weekday / word:day-word) later:weeks-later"),
    (days.weekday, "[lead:on ]weekday:weekday occurrence:occurrence-behind"),
    (days.weekday_from_a_day, "[lead:on ]weekday:weekday side:side!( time-word)"),
    (month_days.day_of_month, f"[lead:on ]weekday:weekday [on ]day:(nn[ordinal] / ordinal-said){HOUR_ENDS}"),
    (days.weekday, "[lead:on ][occurrence:weekday-occurrence ]weekday:weekday"),
    (days.weekdays_from_now, "before:before number:(number-said / nn) weekdays:weekdays"),
    (days.weekdays_from_now, "number:(number-said / nn) weekdays:weekdays behind:behind"),
    (month_days.day_of_month, f"[lead:on ]day:nn.ordinal{HOUR_ENDS}"),
    (month_days.day_of_month, f"lead:on day:ordinal-said{HOUR_ENDS}"),
    (month_days.day_of_month, f'lead:("the" / "le") day:nn{HOUR_ENDS}'),
    (days.day_word, "[lead:on ]word:day-word"),
    (days.late_year, "yyyy"),
    (days.now, "now"),
)

GRAMMAR: Grammar[MomentSpec] = Grammar(
    VOCABULARY,
    {
        **numbers.DEFINITIONS,
        **times.DEFINITIONS,
        **days.DEFINITIONS,
        **month_days.DEFINITIONS,
        **spans.DEFINITIONS,
        **spoken.DEFINITIONS,
    },
    _RULES,
)


def check(spec: MomentSpec) -> MomentSpec:
    """The parts of a whole moment.

    :raises DateError: when they do not make one.
    """
    if spec.anchor:
        raise DateError(Reason.MISSING_ANCHOR, span=spec.anchor)
    if spec.hours_from and spec.clock is None:
        raise DateError(Reason.MISSING_TIME, span=spec.hours_from)
    if spec.bare and (spec.has_date_or_time or spec.spoken is not None or spec.week is not None):
        raise spans.undirected(spec.bare)
    if spec.from_now and spec.has_date_or_time:
        raise DateError(Reason.SAID_TWICE, word=spec.from_now)
    if spec.from_day is not None and not spec.is_of_a_day:
        raise DateError(Reason.MISSING_ANCHOR, span=spec.from_text)
    if spec.undated is not None and not spec.is_of_a_day:
        raise spec.undated
    parts.check_hour(spec)
    return spec
