-- Up Migration

-- What happened, as queues/event.ts has it. The id is derived from the happening itself: the same one, reported
-- twice, is one row.
CREATE TABLE events (
  event_id text PRIMARY KEY,
  name text NOT NULL,
  at timestamptz NOT NULL,
  bot_id bigint NOT NULL,
  user_id bigint,
  ticket text,
  props jsonb NOT NULL
);

CREATE INDEX events_name_at ON events (name, at);
CREATE INDEX events_user_id_at ON events (user_id, at) WHERE user_id IS NOT NULL;

-- Down Migration

DROP TABLE events;
