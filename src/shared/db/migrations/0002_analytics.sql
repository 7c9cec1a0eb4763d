-- Up Migration

-- Who has used a bot, by its username (`bot`). Made and kept by the analytics stage, out of events.
CREATE TABLE users (
  bot text NOT NULL,
  user_id bigint NOT NULL,
  first_seen_at timestamptz NOT NULL,
  last_seen_at timestamptz NOT NULL,
  total_downloads bigint NOT NULL DEFAULT 0,
  is_paid boolean NOT NULL DEFAULT false,
  is_blocked boolean NOT NULL DEFAULT false,
  referral_code text,
  referred_by bigint,
  language text,
  -- When they last told us: events may come out of order.
  language_at timestamptz,
  -- Of the first start ever; never changed after.
  first_source text NOT NULL DEFAULT 'organic' CHECK (first_source IN ('organic', 'referral', 'campaign')),
  first_campaign text,
  first_start_at timestamptz,
  PRIMARY KEY (bot, user_id)
) WITH (fillfactor = 80);
CREATE INDEX users_first_seen_at ON users (first_seen_at);
CREATE INDEX users_referred_by ON users (bot, referred_by) WHERE referred_by IS NOT NULL;
CREATE UNIQUE INDEX users_referral_code ON users (bot, referral_code) WHERE referral_code IS NOT NULL;

-- What happened, as queues/event.ts has it. The id is derived from the happening itself and the time is fixed at its
-- birth: the same one, reported twice, is one row. Monthly partitions are made ahead (events_2026_11); what fits none of
-- them lands in the default one, and is moved out of it.
ALTER TABLE events RENAME TO events_old;
ALTER INDEX events_pkey RENAME TO events_old_pkey;
DROP INDEX events_name_at, events_user_id_at;
CREATE TABLE events (
  event_id text NOT NULL DEFAULT gen_random_uuid()::text,
  name text NOT NULL,
  at timestamptz NOT NULL DEFAULT now(),
  bot text NOT NULL,
  user_id bigint,
  ticket text,
  props jsonb NOT NULL DEFAULT '{}',
  PRIMARY KEY (event_id, at)
) PARTITION BY RANGE (at);
CREATE INDEX events_name_at ON events (name, at);
CREATE INDEX events_user_id_at ON events (user_id, at) WHERE user_id IS NOT NULL;
-- Whom others' events name: for who wants to be forgotten.
CREATE INDEX events_referred ON events (((props->>'referredUserId')::bigint))
  WHERE name IN ('user_referred', 'bonus_granted');
CREATE INDEX events_referrer ON events (((props->>'referrerId')::bigint))
  WHERE name = 'bot_start' AND props->>'referrerId' IS NOT NULL;
CREATE TABLE events_default PARTITION OF events DEFAULT;

-- One row per file that came, out of download_completed.
CREATE TABLE downloads (
  id text NOT NULL,
  created_at timestamptz NOT NULL,
  bot text NOT NULL,
  user_id bigint NOT NULL,
  -- The media id: extractor and the site's own id, without the format.
  video_id text NOT NULL,
  media_key text NOT NULL,
  platform text NOT NULL,
  source text NOT NULL CHECK (source IN ('message', 'inline', 'deep_link', 'group')),
  height integer,
  size_bytes bigint NOT NULL,
  cached boolean NOT NULL,
  waited_ms bigint NOT NULL,
  stage_seconds jsonb NOT NULL DEFAULT '{}',
  ticket text,
  PRIMARY KEY (id, created_at)
) PARTITION BY RANGE (created_at);
CREATE INDEX downloads_created_at ON downloads (created_at);
CREATE INDEX downloads_user_id ON downloads (user_id, created_at);
CREATE INDEX downloads_video_id ON downloads (video_id, created_at);
CREATE TABLE downloads_default PARTITION OF downloads DEFAULT;

CREATE TABLE videos (
  video_id text PRIMARY KEY,
  platform text NOT NULL,
  first_seen_at timestamptz NOT NULL,
  total_downloads bigint NOT NULL DEFAULT 0,
  last_download_at timestamptz NOT NULL
);
CREATE INDEX videos_total_downloads ON videos (total_downloads DESC, video_id);

CREATE TABLE referrals (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  bot text NOT NULL,
  referrer_id bigint NOT NULL,
  referred_user_id bigint NOT NULL,
  created_at timestamptz NOT NULL,
  CHECK (referrer_id <> referred_user_id),
  UNIQUE (bot, referred_user_id)
);
CREATE INDEX referrals_referrer_id ON referrals (bot, referrer_id, created_at);

-- Append-only: a person's bonus is the sum of their rows.
CREATE TABLE bonus_ledger (
  kind text NOT NULL,
  source_id text NOT NULL,
  bot text NOT NULL,
  user_id bigint NOT NULL,
  amount integer NOT NULL,
  created_at timestamptz NOT NULL,
  PRIMARY KEY (kind, source_id)
);
CREATE INDEX bonus_ledger_user_id ON bonus_ledger (bot, user_id);

CREATE TABLE click_events (
  id text PRIMARY KEY,
  bot text NOT NULL,
  user_id bigint NOT NULL,
  event_type text NOT NULL CHECK (event_type IN ('button_click', 'deep_link')),
  video_id text,
  button text,
  created_at timestamptz NOT NULL
);
CREATE INDEX click_events_created_at ON click_events (created_at);
CREATE INDEX click_events_user_id ON click_events (user_id);

CREATE TABLE ad_campaigns (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name text NOT NULL,
  message text NOT NULL,
  button_text text NOT NULL,
  button_url text NOT NULL,
  is_active boolean NOT NULL DEFAULT true,
  weight integer NOT NULL DEFAULT 1 CHECK (weight >= 0),
  created_at timestamptz NOT NULL DEFAULT now()
);

-- No foreign key: an event may come before the campaign is seen here, or after it is gone.
CREATE TABLE ad_impressions (
  id text PRIMARY KEY,
  bot text NOT NULL,
  user_id bigint NOT NULL,
  campaign_id bigint NOT NULL,
  ticket text,
  clicked boolean NOT NULL DEFAULT false,
  clicked_at timestamptz,
  created_at timestamptz NOT NULL
);
CREATE INDEX ad_impressions_created_at ON ad_impressions (created_at, campaign_id);
CREATE INDEX ad_impressions_user_id ON ad_impressions (user_id);

CREATE TABLE ab_tests (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name text NOT NULL UNIQUE,
  description text NOT NULL DEFAULT '',
  -- What it changes: `free_downloads`, `ads`, `buttons` (queues/people/experiments.ts).
  subject text NOT NULL,
  -- What counts as success: the name of an event.
  goal text NOT NULL,
  -- Participants that the plan asks for; before that, only the sequential interval is shown.
  planned_size integer NOT NULL DEFAULT 1000 CHECK (planned_size > 0),
  is_active boolean NOT NULL DEFAULT false,
  start_date timestamptz,
  end_date timestamptz,
  created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE ab_test_variants (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  test_id bigint NOT NULL REFERENCES ab_tests ON DELETE CASCADE,
  variant_name text NOT NULL,
  variant_config jsonb NOT NULL DEFAULT '{}',
  traffic_percentage numeric NOT NULL CHECK (traffic_percentage >= 0 AND traffic_percentage <= 100),
  UNIQUE (test_id, variant_name)
);

-- Out of experiment_seen: a person counts from the moment that they met what the variant changes.
CREATE TABLE ab_test_assignments (
  bot text NOT NULL,
  user_id bigint NOT NULL,
  test_id bigint NOT NULL,
  variant_id bigint NOT NULL,
  assigned_at timestamptz NOT NULL,
  PRIMARY KEY (bot, user_id, test_id, variant_id)
);
CREATE INDEX ab_test_assignments_test_id ON ab_test_assignments (test_id, variant_id);

-- What people wrote in the survey, apart from the events.
CREATE TABLE survey_answers (
  bot text NOT NULL,
  user_id bigint NOT NULL,
  asked_at timestamptz NOT NULL,
  pmf text NOT NULL,
  useful_for text,
  words text CHECK (char_length(words) <= 500),
  PRIMARY KEY (bot, user_id, asked_at)
);

-- Who did something of their own accord on which day (of REPORT_TZ): WAU and MAU are counted over it, for they are no sums.
CREATE TABLE daily_active (
  day date NOT NULL,
  bot text NOT NULL,
  user_id bigint NOT NULL,
  PRIMARY KEY (day, bot, user_id)
);
CREATE INDEX daily_active_user_id ON daily_active (user_id);

-- One report for one day in one chat: whoever writes the row sends it.
CREATE TABLE digests_sent (
  kind text NOT NULL,
  day date NOT NULL,
  chat_id bigint NOT NULL,
  leased_until timestamptz NOT NULL,
  sent_at timestamptz,
  message_id bigint,
  PRIMARY KEY (kind, day, chat_id)
);

INSERT INTO events (event_id, name, at, bot, user_id, ticket, props)
  SELECT event_id, name, at, bot_id::text, user_id, ticket, props FROM events_old;
DROP TABLE events_old;

-- Several bots report into one database: each as shared.analytics_events by its bot_name, whatever it is written in.
CREATE SCHEMA shared;
CREATE TABLE shared.users (
  telegram_id bigint PRIMARY KEY,
  username text,
  first_name text,
  last_name text,
  language_code text,
  first_seen timestamptz NOT NULL DEFAULT now(),
  last_seen timestamptz NOT NULL DEFAULT now()
) WITH (fillfactor = 80);
CREATE INDEX users_username ON shared.users (username);
CREATE INDEX users_first_seen ON shared.users (first_seen DESC);
-- One table, seen as the other bots know it. It can be written to as well.
CREATE VIEW shared.analytics_events AS
  SELECT event_id AS id, user_id AS telegram_id, bot AS bot_name, name AS event_type, props AS event_data, at AS created_at
  FROM events;
ALTER VIEW shared.analytics_events ALTER COLUMN created_at SET DEFAULT now();
ALTER VIEW shared.analytics_events ALTER COLUMN id SET DEFAULT gen_random_uuid()::text;

-- Down Migration

DROP SCHEMA shared CASCADE;
DROP TABLE digests_sent, daily_active, survey_answers, ab_test_assignments, ab_test_variants, ab_tests, ad_impressions,
  ad_campaigns, click_events, bonus_ledger, referrals, videos, downloads, users;
ALTER TABLE events RENAME TO events_partitioned;
CREATE TABLE events (
  event_id text PRIMARY KEY,
  name text NOT NULL,
  at timestamptz NOT NULL,
  bot_id bigint NOT NULL DEFAULT 0,
  user_id bigint,
  ticket text,
  props jsonb NOT NULL
);
INSERT INTO events (event_id, name, at, user_id, ticket, props)
  SELECT event_id, name, at, user_id, ticket, props FROM events_partitioned ON CONFLICT DO NOTHING;
DROP TABLE events_partitioned;
CREATE INDEX events_name_at ON events (name, at);
CREATE INDEX events_user_id_at ON events (user_id, at) WHERE user_id IS NOT NULL;
