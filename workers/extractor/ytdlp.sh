#!/bin/sh
# ytdlp.sh [ARGUMENT...]
#
# Runs YTDLP under GUARD (which dies with our parent, and empties the environment), with a limit that holds even
# while nobody looks: no file of it, and of what it starts, grows beyond MAX_FILE_BLOCKS times 512 bytes.
# yt-dlp's own --max-filesize believes what the server tells it.
[ -z "$MAX_FILE_BLOCKS" ] || ulimit -f "$MAX_FILE_BLOCKS" || exit 126
exec "$GUARD" "$YTDLP" "$@"
