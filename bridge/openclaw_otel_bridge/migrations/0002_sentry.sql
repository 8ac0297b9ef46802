-- Sentry beside the bridge: what its webhooks said, and which of its issues are which of ours.

create table sentry_hooks (                            -- webhooks of internal integrations, worked off by the worker
    integration     text not null,                     -- [sentry.<name>] of openclaw.toml
    request_id      text not null,                     -- Sentry's Request-ID: a repeat is the same webhook
    received_at     timestamptz not null default now(),
    facts           jsonb not null,                    -- what is needed of the body, redacted; emptied when done
    attempts        integer not null default 0,
    next_attempt_at timestamptz not null default now(),
    done_at         timestamptz,
    last_error      text not null default '',
    primary key (integration, request_id)
);
create index sentry_hooks_due on sentry_hooks (next_attempt_at) where done_at is null;
create index sentry_hooks_done on sentry_hooks (done_at) where done_at is not null;

create table sentry_links (                            -- one issue of Sentry and the issue of ours it is
    integration     text not null,
    sentry_id       text not null,
    issue_id        bigint not null references issues,
    short_id        text not null default '',          -- SHOP-12
    url             text not null default '',
    sentry_status   text not null default '',          -- as last heard or told: resolved, unresolved, ignored
    sentry_assignee text not null default '',          -- e-mail, the same way
    our_status      text not null,                     -- what of ours Sentry has been told, or has told us
    our_assignee    text not null default '',
    synced_version  integer not null,                  -- issues.version that was looked at last
    attempts        integer not null default 0,
    next_attempt_at timestamptz not null default now(),
    last_error      text not null default '',
    created_at      timestamptz not null default now(),
    primary key (integration, sentry_id)
);
create index sentry_links_issue on sentry_links (issue_id);
