### What people read. Short, kind, honest; every refusal says what to do next.
### A number that nobody knows comes as the text "unknown".

## Answers to commands and messages

start =
    Hi! Send me a link to a video or a song, and I'll send you the file.

    /help tells you more.
help =
    Send me a link, or several in one message. I'll show what there is, you pick the quality, and the file comes right here.

    /quality – the quality I always use for you
    /stats – what you've had, and how much is free
    /referral – invite somebody, get more
    /privacy – what I keep of you
    /cancel – stop everything you asked for in this chat
one-moment = One moment, please: something on my side isn't answering. Your message is safe, I'll get to it as soon as I can.
cancel-none = There is nothing to cancel.
cancel-done = { $count ->
    [one] I'm cancelling your request.
   *[other] I'm cancelling your { $count } requests.
 }
links-cut = That's a lot at once. I took the first { $count } links; send me the others afterwards.
links-refused = I left out { $count ->
    [one] one link.
   *[other] { $count } links.
 } { $reason }
quality-none = You choose the quality each time. To change that, tick “Always use my choice” under a link before you pick.
quality-current = I always use this for you: { $format }.
quality-cleared = Done. From now on I'll ask you each time.

stats =
    📊 Your files

    In all: { $total }
    Today: { $today }
    This month: { $thisMonth }
stats-free = Free ones left: { $left } of { $allowed }. What I have already made for somebody costs you nothing.
stats-no-limit = There is no limit for you.
block-done = { $id } may not use me any more.
block-admin = { $id } is an admin. Take the ID out of ADMIN_USER_IDS first.
unblock-done = { $id } may use me again.
block-usage = Say /block and the ID of the person, which is a number: /block 123456789
unblock-usage = Say /unblock and the ID of the person, which is a number: /unblock 123456789
limits-rules =
    Who may use me: { $access ->
        [allowlist] those of ALLOWED_USER_IDS
        [invite] who was invited
       *[open] everybody
    }
    Free files: { $free ->
        [0] no limit
       *[other] { $free }
    }
    Above that: { $above ->
        [ad] the file and an ad
        [wait] the file, { $waitS } seconds later
        [stop] a refusal
       *[nothing] the file all the same
    }
    Links a minute: { $perMinute ->
        [0] any number
       *[other] { $perMinute }
    }
    Links a day: { $perDay ->
        [0] any number
       *[other] { $perDay }
    }

    /limits 123456789 tells of a person.
limits-person =
    { $id }
    Free files used: { $used }, of { $allowed ->
        [0] any number
       *[other] { $allowed }
    } (bonus: { $bonus })
    Paid: { $paid ->
        [yes] yes
       *[no] no
    }
    Blocked: { $blocked ->
        [yes] yes
       *[no] no
    }
    Files in all: { $total }
limits-usage =
    /limits – what holds for everybody
    /limits 123456789 – what holds for a person
    /limits 123456789 free 25 – so many free files (0: any number)
    /limits 123456789 free default – as many as everybody
    /limits 123456789 paid on – no limit; off: as before

## Small notes over a pressed button

toast-accepted = On it!
toast-cancelling = Cancelling…
toast-retrying = Trying again…
toast-remember-on = I'll remember what you pick now.
toast-remember-off = I'll ask you each time.
toast-not-yours = This one isn't yours. Send me the link and you'll get your own.
toast-expired = That was a while ago. Please send the link again.

## The ticket

ticket-inspecting = 🔎 Having a look…
ticket-choose = { $duration ->
    [unknown] { "\u2068" }{ $title }{ "\u2069" }
   *[other] { "\u2068" }{ $title }{ "\u2069" } ({ $duration })
 }

    What would you like?
ticket-queued = { $position ->
    [1] ⏳ You're next.
   *[other] ⏳ In line: number { $position }.
 }
ticket-fetching = { $percent ->
    [unknown] { $doneMb ->
        [unknown] ⬇️ Downloading…
       *[other] ⬇️ Downloading: { $doneMb } MB so far
    }
   *[other] { $totalMb ->
        [unknown] ⬇️ Downloading: { $percent }%
       *[other] ⬇️ Downloading: { $percent }% of { $totalMb } MB
    }
 }
ticket-transcoding = { $percent ->
    [unknown] ⚙️ Converting…
   *[other] ⚙️ Converting: { $percent }%
 }
ticket-sending = 📤 Sending…
ticket-cancelled = Cancelled.
ticket-failed =
    { $reason }

    Code { $ticket }
ticket-left-out = You have { $inWork ->
    [one] one request in work, and I take no more
   *[other] { $inWork } requests in work, and I take no more
 } at once, so I left out { $count ->
    [one] one link of this message. Send it
   *[other] { $count } links of this message. Send them
 } again when some are done, or after /cancel.
ticket-limit-reached = You've had your { $allowed ->
    [one] one free file.
   *[other] { $allowed } free files.
 } { $bonusEach ->
    [0] What I already have still costs you nothing.
   *[other] Bring somebody with /referral, and you get { $bonusEach } more for each of them.
 }
ticket-waiting = ⏳ Your free files are used up, so this one begins in { $wait }.
wait-seconds = { $count ->
    [one] one second
   *[other] { $count } seconds
 }
wait-minutes = { $count ->
    [one] one minute
   *[other] { $count } minutes
 }
ticket-good-news = Good news: it worked after all.

## Buttons

button-cancel = Cancel
button-retry = Try again
button-other = Other quality
button-video = { $sizeMb ->
    [unknown] 🎬 { $height }p
   *[other] 🎬 { $height }p · { $sizeMb } MB
 }
button-best = { $sizeMb ->
    [unknown] 🎬 Video
   *[other] 🎬 Video · { $sizeMb } MB
 }
button-audio = { $sizeMb ->
    [unknown] 🎵 { $codec }
   *[other] 🎵 { $codec } · { $sizeMb } MB
 }
button-remember-off = ☐ Always use my choice
button-remember-on = ☑ Always use my choice
button-forget = Ask me each time
format-video = video, { $height }p
format-best = video, the best there is
format-audio = audio, { $codec }

## The menu of commands

command-start = What I do
command-help = How it works
command-quality = The quality I always use for you
command-cancel = Stop everything you asked for here
command-stats = What you've had, and how much is free
command-referral = Invite somebody, get more free files
command-privacy = What I keep of you
command-admin_analytics = Numbers of today, a week or a month
command-admin_funnel = From the first start to the second file
command-block = Shut somebody out, by ID
command-unblock = Let somebody in again, by ID
command-limits = Limits of everybody, or of a person

## Numbers, records and alerts

report-title-today = 📊 Today so far ({ $day })
report-title-days = 📊 { $days } days ({ $from } – { $to })
report-title-digest = 📊 The day { $day }
report-title-weekly = 📊 The week { $from } – { $to }, next to the one before
report-analytics =
    { $title }

    People
    New: { $newPeople }
    DAU (average): { $dau }
    Retention D1: { $retentionD1 }
    Retention D7: { $retentionD7 }

    Downloads
    Files: { $downloads }
    From the cache: { $cached }
    Per person: { $perPerson }

    Funnel, who started { $funnelFrom } – { $funnelTo }
    /start → link: { $startToLink }
    Link → file: { $linkToDownload }
    File → second file: { $downloadToSecond }
    Second file → referral: { $secondToReferral }

    Limits reached: { $limits }
    Survey, “very disappointed”: { $survey }

    Errors: { $errors } ({ $errorShare } of the requests)
report-funnel =
    🔻 Funnel, who started { $from } – { $to }

    /start: { $started }
    Link: { $linked }
    File: { $downloaded }
    Second file within 7 days: { $second }
    Referral: { $referred }
report-chart-title = People and files per day
report-chart-people = people
report-chart-files = files
report-usage = Say /admin_analytics, /admin_analytics week or /admin_analytics month.
report-new-one = 🆕 New in { $bot }: ID { $id }
report-new-few =
    🆕 { $count } new in { $bot }:
    { $ids }
report-new-many = 🆕 { $count } new in { $bot }
alert-fired = 🔴 { $what }
alert-resolved = 🟢 Well again after { $minutes } min. { $what }
alert-error_rate = Failures that somebody could mend, of the requests of the last 15 minutes: { $value }
alert-queue_age = The first in line waits for { $value }
alert-dead_letters = Open dead letters: { $value }
alert-extractor_broken = The extractor does not understand a site, in the last 30 minutes: { $value }
alert-disk_low = Little room on the disk of the artifacts: { $value }
alert-storage_away = The S3 storage does not answer: { $value }
alert-churn = Of the people of the month before, gone for a month: { $value }
alert-conversion = Fewer of those who start get a file than the week before: { $value }
alert-silence = Nobody has done anything for { $value }
alert-no_data = Not known at the moment: { $value }

## What is kept of a person

privacy =
    What I keep of you, and for how long:

    • your Telegram ID and language, when you came and from which link, and how many files you had: until you say “Forget me”;
    • what you did (a link came, a button was pressed) and which files you got, by their id at the site, but none of your words: { $months } months;
    • your links and requests: 7 days, so that the buttons work; notes of the work on them: a day;
    • what you wrote in the survey: until you say “Forget me”.

    No name, no text of your messages, no address of your device. Files are kept without a word of who asked for them.
privacy-in-private = I'll tell you what I keep of you in our private chat: open it and send /privacy.
privacy-confirm = Really forget you? Your requests are stopped, and your limits, bonuses, referrals and settings go with the rest. It can't be undone.
privacy-forgetting = I'm at it. It takes a minute; I'll say when it's done.
privacy-forgotten = Done: I know nothing of you any more. If you write to me again, we'll meet for the first time.
privacy-forgotten-blocked = Done. All that is left is the mark that you may not use this bot.
privacy-kept = Nothing was changed.
privacy-export-file = All that I keep of you, as a file.
toast-export = It's coming as a file, in a moment.
button-export = 📄 Export my data
button-forget-me = 🗑 Forget me
button-forget-yes = Yes, forget me
button-forget-no = No, keep it

## Who brings whom, a word from others, and what people think of us

referral =
    Bring your friends: this link is yours.
    { $link }

    Came by it: { $came }. Got a first file and counted: { $counted }. More free downloads for you: { $bonus }, { $each } for each.
referral-without-bonus =
    Bring your friends: this link is yours.
    { $link }

    Came by it: { $came }.
bonus-granted = Somebody you brought has had their first file. Thank you: { $amount ->
    [one] one more download is
   *[other] { $amount } more downloads are
 } free for you.
ad-mark = Advertisement
toast-ad-open = Tap once more to open it.
survey-pmf = You've used me for a while, so may I ask: how would you feel if I were gone tomorrow?
survey-very = 😢 Very disappointed
survey-somewhat = 😐 Somewhat disappointed
survey-not = 🙂 Not disappointed
survey-not_applicable = I don't use it any more
survey-usefulFor = Thank you. What am I most useful for?
survey-video = Videos
survey-audio = Music and sound
survey-quality = Choosing the quality
survey-speed = Being fast
survey-other = Something else
survey-words = And what would make me better? Tell me in your own words, in one message, or skip it.
survey-thanks = Thank you! That helps.
toast-survey-over = This question is closed by now. Thank you all the same.
button-skip = Skip

## Why it did not work, and what to do next

failure-link_malformed = I can't read that link. Copy the whole address, from https:// on, and send it again.
failure-link_too_long = That link is too long for me. Most sites have a short one behind their “Share” button: try that.
failure-link_scheme = I can only open links that start with http:// or https://.
failure-link_credentials = That link has a name or a password in it. Please send it without them; they are better kept to yourself.
failure-link_private_address = That address is inside a private network or at an unusual port, so I can't get there. Send a link that works for everybody.
failure-too_many = You have as many requests in work as I take at once. Try again when some are done, or after /cancel.
failure-too_often = That's more links in a minute than I take from one person. Send this again in a minute.
failure-too_many_today = That's as many links in a day as I take from one person. Send this again tomorrow.
failure-limit_reached = You've had all your free files. Bring somebody with /referral to get more.
failure-not_allowed = This bot is for a closed circle, and you're not on its list. Ask the one who runs it.
failure-not_invited = This bot works by invitation. Ask a friend who uses it for their /referral link, and open it.
failure-blocked = The one who runs this bot has closed it to you. If that's a mistake, ask them.
failure-live = This is a live stream, and it's still on. Try again when it's over.
failure-upcoming = This hasn't started yet. Try again once it's out.
failure-playlist = That's a whole playlist. Send me the link to one video from it.
failure-private = The owner keeps this private, so I can't get it. If you can, ask them to make it public.
failure-gone = The site says this isn't there any more. Check the link, or look for another copy.
failure-geo_blocked = The site doesn't show this in the country I'm in. Maybe another site has it?
failure-login_required = The site shows this only to people who are logged in, and I'm not. Try a link that opens without an account.
failure-age_restricted = The site wants proof of age for this, and I have none. Try another link.
failure-paid = This has to be paid for on the site, so I can't send it. Try another link.
failure-drm = This is copy-protected, so I can't send it. Try another link.
failure-bot_check = The site wants me to prove that I'm not a robot. Try again in an hour or so.
failure-rate_limited = The site asked me to slow down. Try again in a few minutes.
failure-unsupported = I don't know how to get videos from this site. Try the same video on another one.
failure-no_media = I found no video and no sound on that page. Open it, start the video, and send me the link to the video itself.
failure-site_error = The site has a problem of its own just now. Try again in a few minutes.
failure-network = I couldn't get through to the site. Try again in a few minutes.
failure-extractor_broken = The site has changed, and I don't understand it any more. Try again in a day or two.
failure-format_gone = The site no longer has that quality. Try again, or send the link once more and pick another one.
failure-too_large = That file is bigger than what I may fetch. Send the link again and pick a lower quality, or the sound only.
failure-too_long = That's longer than what I may fetch. Try a shorter one.
failure-timeout = That took too long, so I stopped. Try again, perhaps with a lower quality.
failure-stalled = The download got stuck. Try again.
failure-disk_full = I've run out of room for the moment. Try again in a few minutes.
failure-not_media = What the site gave me isn't a video or a song. Check the link, or try another one.
failure-no_sound = This video has no sound. Send the link again and pick the video.
failure-over_budget = Converting this would be too much work for me. Send the link again and pick a lower quality, or the sound only.
failure-transcode_failed = I couldn't convert this for Telegram. Try again, or pick another quality.
failure-storage = I couldn't put the file away on my side. Try again in a few minutes.
failure-file_too_big = Telegram won't take a file this big from me. Send the link again and pick a lower quality, or the sound only.
failure-chat_unreachable = I'm not allowed to write in this chat. Ask an admin to let me, or send me the link privately.
failure-telegram_rejected = Telegram didn't take the file. Try again, or pick another quality.
failure-telegram_unavailable = Telegram isn't answering me just now. Try again in a few minutes.
failure-cancelled = You cancelled this. If you want it after all, send the link again.
failure-input_missing = The file got lost on my side before I could send it. Try again.
failure-internal = Something broke on my side; it isn't your fault. Try again in a few minutes.
