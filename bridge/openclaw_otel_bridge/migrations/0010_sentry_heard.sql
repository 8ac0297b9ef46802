-- Webhooks come out of order, and some wait for the database: what is older than what was heard already is no news.
alter table sentry_links add column heard_at timestamptz;
