# How things sound, and how times are written.

voice-press = { $label }, press { $key }.
voice-digits-twice = { $digits }. Again: { $digits }.
voice-hint-phone = the number ending in { $digits }
voice-hint-mail = your address at { $domain }
voice-dot = dot
voice-moment = One moment, please.
voice-away = I can't answer just now. Please call again in a minute. Goodbye.
voice-too-many = There have been many calls from this number. Please call again in an hour. Goodbye.

time-local = { $day } { $month }, { $clock }
time-utc = { $day } { $month }, { $clock } UTC
month-1 = January
month-2 = February
month-3 = March
month-4 = April
month-5 = May
month-6 = June
month-7 = July
month-8 = August
month-9 = September
month-10 = October
month-11 = November
month-12 = December

# What only a telephone says.
voice-this-language = For English, press { $key }.
voice-slower = I'll give you more time from now on.
voice-help = Press star to hear it again, or zero for a person.
voice-digits = The digits are: { $digits }
voice-goodbye = Goodbye.
