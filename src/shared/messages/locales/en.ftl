### What people read. Short, kind, honest; every refusal says what to do next.
### A number that nobody knows comes as the text "unknown".

## Answers to commands and messages

start =
    Hi! Send me a link to a video or a song, and I'll send you the file.

    /help tells you more.
help =
    Send me a link, or several in one message. I'll show what there is, you pick the quality, and the file comes right here.

    /quality – the quality I always use for you
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

## Why it did not work, and what to do next

failure-link_malformed = I can't read that link. Copy the whole address, from https:// on, and send it again.
failure-link_too_long = That link is too long for me. Most sites have a short one behind their “Share” button: try that.
failure-link_scheme = I can only open links that start with http:// or https://.
failure-link_credentials = That link has a name or a password in it. Please send it without them; they are better kept to yourself.
failure-link_private_address = That address is inside a private network or at an unusual port, so I can't get there. Send a link that works for everybody.
failure-too_many = You have as many requests in work as I take at once. Try again when some are done, or after /cancel.
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
