-- Up Migration

-- Numbers of each day of REPORT_TZ, made of the rows of 0002 by src/shared/metrics/aggregate-day.ts, which can make those
-- of any day again. They hold nobody's id and stay for ever. Where people are counted, a row with bot '*' is of all bots
-- and one with source '*' of all sources, for such numbers are no sums; the other tables hold plain rows that add up.

-- Whose numbers have been made. What is not in here is unknown, and not 0.
CREATE TABLE aggregated_days (
  day date PRIMARY KEY,
  time_zone text NOT NULL,
  -- false: it was made while the day was still going on.
  was_over boolean NOT NULL,
  -- Of how many events: when there are more or fewer now, it is made again.
  events bigint NOT NULL,
  made_at timestamptz NOT NULL
);

-- Nobody may have the name that stands for all.
ALTER TABLE events ADD CONSTRAINT events_bot CHECK (bot <> '*');

CREATE TABLE daily_stats (
  day date NOT NULL,
  bot text NOT NULL,
  -- Where people first came from; '' of what is nobody's.
  source text NOT NULL,
  dau bigint NOT NULL DEFAULT 0,
  wau bigint NOT NULL DEFAULT 0,
  mau bigint NOT NULL DEFAULT 0,
  -- Of the days 59 to 30 before this one, and who of them was not there in the 30 days after.
  active_before bigint NOT NULL DEFAULT 0,
  lost bigint NOT NULL DEFAULT 0,
  -- Seen for the first time ever; and those whose first /start ever it was.
  new_people bigint NOT NULL DEFAULT 0,
  started bigint NOT NULL DEFAULT 0,
  sessions bigint NOT NULL DEFAULT 0,
  link_messages bigint NOT NULL DEFAULT 0,
  choices bigint NOT NULL DEFAULT 0,
  inline_queries bigint NOT NULL DEFAULT 0,
  downloads bigint NOT NULL DEFAULT 0,
  cached bigint NOT NULL DEFAULT 0,
  waited_ms bigint NOT NULL DEFAULT 0,
  failures bigint NOT NULL DEFAULT 0,
  clicks bigint NOT NULL DEFAULT 0,
  referred bigint NOT NULL DEFAULT 0,
  inviters bigint NOT NULL DEFAULT 0,
  bonuses bigint NOT NULL DEFAULT 0,
  bonus_amount bigint NOT NULL DEFAULT 0,
  limits bigint NOT NULL DEFAULT 0,
  ads_shown bigint NOT NULL DEFAULT 0,
  ads_clicked bigint NOT NULL DEFAULT 0,
  surveys bigint NOT NULL DEFAULT 0,
  bot_errors bigint NOT NULL DEFAULT 0,
  PRIMARY KEY (day, bot, source)
);

-- Who of those that first started on day `cohort` was active on `day`.
CREATE TABLE daily_retention (
  day date NOT NULL,
  cohort date NOT NULL,
  bot text NOT NULL,
  source text NOT NULL,
  people bigint NOT NULL,
  PRIMARY KEY (day, cohort, bot, source)
);

-- The same by weeks, each named by its Monday.
CREATE TABLE weekly_cohorts (
  week date NOT NULL,
  cohort date NOT NULL,
  bot text NOT NULL,
  source text NOT NULL,
  people bigint NOT NULL,
  PRIMARY KEY (week, cohort, bot, source)
);

-- People by the day of their first /start ever, and how far they came within 168 hours. Campaign '' is none, '*' all.
CREATE TABLE daily_funnel (
  day date NOT NULL,
  bot text NOT NULL,
  source text NOT NULL,
  campaign text NOT NULL,
  started bigint NOT NULL,
  linked bigint NOT NULL,
  downloaded bigint NOT NULL,
  repeated bigint NOT NULL,
  referred bigint NOT NULL,
  PRIMARY KEY (day, bot, source, campaign)
);

-- People who asked inline on that day, and how far they came within 24 hours.
CREATE TABLE daily_inline_funnel (
  day date NOT NULL,
  bot text NOT NULL,
  source text NOT NULL,
  asked bigint NOT NULL,
  clicked bigint NOT NULL,
  downloaded bigint NOT NULL,
  PRIMARY KEY (day, bot, source)
);

-- What happened how often, and to how many people: limits, features, formats, ads, answers, errors.
CREATE TABLE daily_counts (
  kind text NOT NULL,
  bot text NOT NULL,
  source text NOT NULL,
  day date NOT NULL,
  what text NOT NULL,
  detail text NOT NULL,
  times bigint NOT NULL,
  people bigint NOT NULL,
  -- What else is summed: days since the first sight (limit), remembered ones (format), counted answers (pmf, useful).
  amount bigint NOT NULL,
  PRIMARY KEY (kind, bot, source, day, what, detail)
);
CREATE INDEX daily_counts_day ON daily_counts (day);

CREATE TABLE daily_languages (
  day date NOT NULL,
  bot text NOT NULL,
  source text NOT NULL,
  language text NOT NULL,
  new_people bigint NOT NULL,
  active bigint NOT NULL,
  downloads bigint NOT NULL,
  PRIMARY KEY (day, bot, source, language)
);

-- From here on, rows that add up.
CREATE TABLE daily_downloads (
  day date NOT NULL,
  bot text NOT NULL,
  source text NOT NULL,
  platform text NOT NULL,
  asked_by text NOT NULL,
  downloads bigint NOT NULL,
  cached bigint NOT NULL,
  size_bytes bigint NOT NULL,
  -- Of all stages, for what was fetched.
  work_ms bigint NOT NULL,
  PRIMARY KEY (day, bot, source, platform, asked_by)
);

CREATE TABLE daily_failures (
  day date NOT NULL,
  bot text NOT NULL,
  source text NOT NULL,
  platform text NOT NULL,
  stage text NOT NULL,
  code text NOT NULL,
  failures bigint NOT NULL,
  PRIMARY KEY (day, bot, source, platform, stage, code)
);

CREATE TABLE daily_hours (
  day date NOT NULL,
  hour smallint NOT NULL,
  bot text NOT NULL,
  source text NOT NULL,
  actions bigint NOT NULL,
  links bigint NOT NULL,
  downloads bigint NOT NULL,
  PRIMARY KEY (day, hour, bot, source)
);

-- Bucket n is from 1.2^n to 1.2^(n+1) ms.
CREATE TABLE daily_stage_seconds (
  day date NOT NULL,
  bot text NOT NULL,
  platform text NOT NULL,
  stage text NOT NULL,
  bucket smallint NOT NULL,
  runs bigint NOT NULL,
  total_ms bigint NOT NULL,
  PRIMARY KEY (day, bot, platform, stage, bucket)
);

CREATE TABLE daily_media (
  day date NOT NULL,
  bot text NOT NULL,
  source text NOT NULL,
  platform text NOT NULL,
  video_id text NOT NULL,
  downloads bigint NOT NULL,
  cached bigint NOT NULL,
  -- Among those of its day, bot, source and platform: 1 is the most frequent.
  place integer NOT NULL
);
CREATE INDEX daily_media_day ON daily_media (day);
CREATE INDEX daily_media_frequent ON daily_media (day) WHERE place <= 50;

-- Of each month, site, bot and source the most frequent ones: a year of days is too much to add up while somebody waits.
CREATE TABLE monthly_media (
  month date NOT NULL,
  bot text NOT NULL,
  source text NOT NULL,
  platform text NOT NULL,
  video_id text NOT NULL,
  downloads bigint NOT NULL,
  cached bigint NOT NULL
);
CREATE INDEX monthly_media_month ON monthly_media (month);

-- A person of all bots is found by the id alone; cohorts by the first start.
CREATE INDEX users_user_id ON users (user_id);
CREATE INDEX users_first_start_at ON users (first_start_at);

-- A number of an event, null when it is none that can be summed, or below 0, as no size, time or amount is: other bots may
-- write what they like into shared.analytics_events, and clocks jump.
CREATE FUNCTION number_in(props jsonb, name text) RETURNS numeric LANGUAGE sql IMMUTABLE PARALLEL SAFE
  RETURN CASE WHEN jsonb_typeof(props -> name) = 'number' THEN
    CASE WHEN (props ->> name)::numeric >= 0 AND (props ->> name)::numeric < 1e15 THEN (props ->> name)::numeric END END;

-- Down Migration

DROP FUNCTION number_in;
ALTER TABLE events DROP CONSTRAINT events_bot;
DROP INDEX users_user_id, users_first_start_at;
DROP TABLE aggregated_days, daily_stats, daily_retention, weekly_cohorts, daily_funnel, daily_inline_funnel, daily_counts,
  daily_languages, daily_downloads, daily_failures, daily_hours, daily_stage_seconds, daily_media, monthly_media;
