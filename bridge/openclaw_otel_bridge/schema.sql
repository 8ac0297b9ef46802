-- The first schema. Forward only: an applied file never changes; later changes are later files.
-- Times are UTC timestamptz. PostgreSQL 14 dialect, no extensions.

create table projects (
    id              integer generated always as identity primary key,
    slug            text not null unique,
    name            text not null,
    settings        jsonb not null default '{}',      -- solo_resolve, error_logs, retention, sentry quota, …
    created_at      timestamptz not null default now()
);
insert into projects (slug, name) values ('default', 'Default');

create table project_keys (                            -- write-only keys: OTLP bearer and Sentry DSN
    id              integer generated always as identity primary key,
    project_id      integer not null references projects,
    kind            text not null check (kind in ('ingest', 'sentry')),
    key             text not null unique,              -- sentry keys are public by design; ingest keys: sha256 hex
    label           text not null default '',
    created_at      timestamptz not null default now(),
    revoked_at      timestamptz
);

create table people (
    id              bigint generated always as identity primary key,
    email           text not null,
    name            text not null,
    password_hash   text,                              -- argon2id; null = cannot log in by password
    locale          text not null default 'en' check (locale in ('en', 'zh')),
    timezone        text not null default 'UTC',
    session_epoch   integer not null default 1,        -- raised to end all sessions
    must_change     boolean not null default false,
    disabled_at     timestamptz,
    created_at      timestamptz not null default now()
);
create unique index people_email on people (lower(email));

create table memberships (
    person_id       bigint not null references people,
    project_id      integer not null references projects,
    role            text not null check (role in ('admin', 'dev', 'ops', 'support')),
    view_scope      text not null default '',          -- positive terms of the query language; '' = all
    act_scope       text not null default '',
    primary key (person_id, project_id)
);

create table teams (
    id              bigint generated always as identity primary key,
    project_id      integer not null references projects,
    slug            text not null,
    name            text not null,
    unique (project_id, slug)
);
create table team_members (
    team_id         bigint not null references teams on delete cascade,
    person_id       bigint not null references people on delete cascade,
    primary key (team_id, person_id)
);

create table api_tokens (
    id              bigint generated always as identity primary key,
    person_id       bigint not null references people,
    name            text not null,
    token_hash      text not null unique,              -- sha256 hex of the token
    created_at      timestamptz not null default now(),
    last_used_at    timestamptz,
    revoked_at      timestamptz
);

create table kinds (                                   -- root cause and fix kinds: seeded, editable
    family          text not null check (family in ('root_cause', 'fix')),
    kind            text not null,
    label_en        text not null,
    label_zh        text not null,
    position        integer not null,
    active          boolean not null default true,
    primary key (family, kind)
);
insert into kinds (family, kind, label_en, label_zh, position) values
    ('root_cause', 'credential_expired', 'Credential expired', '凭证过期', 1),
    ('root_cause', 'permission_scope', 'Permission or scope missing', '权限或授权范围不足', 2),
    ('root_cause', 'platform_change', 'Platform changed', '平台变更', 3),
    ('root_cause', 'platform_outage', 'Platform outage', '平台故障', 4),
    ('root_cause', 'our_bug', 'Our bug', '我方缺陷', 5),
    ('root_cause', 'data_quality', 'Data quality', '数据质量', 6),
    ('root_cause', 'quota_sizing', 'Quota sizing', '配额不足', 7),
    ('root_cause', 'network', 'Network', '网络', 8),
    ('root_cause', 'third_party', 'Third party', '第三方', 9),
    ('root_cause', 'other', 'Other', '其他', 10),
    ('fix', 'code_change', 'Code change', '修改代码', 1),
    ('fix', 'config_change', 'Configuration change', '修改配置', 2),
    ('fix', 'credential_rotation', 'Credential rotated', '更换凭证', 3),
    ('fix', 'replay', 'Replayed', '重放请求', 4),
    ('fix', 'contacted_platform', 'Contacted the platform', '联系平台', 5),
    ('fix', 'data_correction', 'Data corrected', '修正数据', 6),
    ('fix', 'accepted_risk', 'Risk accepted', '接受风险', 7),
    ('fix', 'other', 'Other', '其他', 8);

create table issues (
    id              bigint generated always as identity primary key,
    project_id      integer not null references projects,
    origin          text not null default 'event' check (origin in ('event', 'manual', 'overflow')),
    status          text not null default 'new' check (status in ('new', 'assigned', 'in_review', 'resolved')),
    version         integer not null default 1,        -- raised with each change by a person or rule: ETag
    title           text not null default '',          -- only of manual issues; others render code + parameters
    platform        text,
    store           text,                              -- only when the grouping holds the store
    operation       text,
    category        text not null default 'unknown',
    sender_category text,
    code            text,
    message         text not null default '',          -- of the first event, redacted
    exception_type  text,
    service         text,
    severity        text not null default 'error',
    owner_hint      text,
    retryable       boolean not null default false,
    explanation     jsonb not null default '{}',       -- {"en": …, "zh": …}
    next_step       jsonb not null default '{}',
    order_id        text,                              -- of manual issues: matching events attach
    first_seen      timestamptz not null,
    last_seen       timestamptz not null,
    event_count     bigint not null default 0,         -- folded; add unfolded counter_deltas
    assignee_id     bigint references people,
    team_id         bigint references teams,
    due_at          timestamptz,
    regressed       boolean not null default false,
    resolved_at     timestamptz,
    resolved_release text,
    reviewed_by     bigint references people,          -- who moved it to in_review
    root_cause_kind text,
    root_cause_text text,
    fix_kind        text,
    fix_text        text,
    muted_until     timestamptz,
    muted_count     bigint,                            -- unmute when event_count passes it
    muted_query     text,
    merged_into     bigint references issues,
    created_by      bigint references people,
    created_at      timestamptz not null default now(),
    updated_at      timestamptz not null default now()
);
create index issues_inbox on issues (project_id, status, last_seen desc, id desc) where merged_into is null;
create index issues_recent on issues (project_id, last_seen desc, id desc) where merged_into is null;
create index issues_assignee on issues (assignee_id, status) where merged_into is null;
create index issues_team on issues (team_id, status) where merged_into is null;
create index issues_order on issues (project_id, order_id) where order_id is not null;
create index issues_manual on issues (project_id) where origin = 'manual';
create index issues_unowned on issues (project_id) where assignee_id is null and team_id is null and merged_into is null;
create index issues_made on issues (project_id, created_at) where origin = 'event';
create index issues_overflow on issues (project_id, id) where origin = 'overflow';

create table groupings (
    id              bigint generated always as identity primary key,
    project_id      integer not null references projects,
    key             text not null,                     -- `v1:<hex>`
    fingerprint     text not null,                     -- `v1:<hex>`
    parts           text[] not null,                   -- what made the key, for people
    issue_id        bigint not null references issues,
    home_issue_id   bigint not null references issues, -- before any merge
    created_at      timestamptz not null default now(),
    unique (project_id, key),
    unique (id, issue_id)                              -- for sightings, which follow a merge
);
create index groupings_issue on groupings (issue_id);
create index groupings_fingerprint on groupings (project_id, fingerprint);

create table folded_groupings (                        -- leads to an overflow issue until somebody unfolds it
    grouping_id     bigint primary key references groupings,
    platform        text,                              -- these columns: the issue it would have raised
    store           text,
    operation       text,
    category        text not null,
    sender_category text,
    code            text,
    message         text not null,
    exception_type  text,
    service         text,
    severity        text not null,
    owner_hint      text,
    retryable       boolean not null,
    explanation     jsonb not null,
    next_step       jsonb not null,
    first_seen      timestamptz not null,
    last_seen       timestamptz not null,              -- folded; add unfolded counter_deltas
    first_event     jsonb not null                     -- what rules read of its first event: store, env, order, …
);

-- Partitioned by day; `day` is a function of the event, so that a resend after midnight meets its first copy: the UTC
-- date of the time inside a UUIDv7 id, else of occurred_at; 1970-01-01 where the sender's time cannot be right
-- (occurred_at is then the time of receipt). Days without a partition fall into *_default.
create table events (
    day             date not null,
    id              uuid not null,
    project_id      integer not null,
    grouping_id     bigint not null,
    occurred_at     timestamptz not null,
    received_at     timestamptz not null,
    sources         smallint not null default 0,       -- bits: 1 span event, 2 log, 4 sentry, 8 webhook, 16 span
    occurrences     integer not null default 1,
    platform        text,
    store           text,
    operation       text,
    category        text not null,
    code            text,
    severity        text not null,
    env             text,
    service         text,
    release         text,
    order_id        text,
    request_id      text,
    trace_id        bytea,
    span_id         bytea,
    message         text not null default '',          -- first 300 characters, redacted
    exception_type  text,
    attributes      jsonb not null default '{}',       -- redacted, those without a column, capped
    parent_id       bytea,                             -- the span whose equal exception would be a copy of this one
    copy_hash       bigint,                            -- keyed hash of raw exception type and message
    chunk           bigint not null default 0,         -- snapshots.id
    span_chunk      bigint,                            -- spans.id
    primary key (id, day, project_id)                  -- two projects may be sent the same failure
) partition by range (day);
create index events_grouping on events (grouping_id, occurred_at desc, id desc);
create index events_order on events (project_id, order_id) where order_id is not null;
create index events_request on events (project_id, request_id) where request_id is not null;
create index events_trace_hash on events using hash (trace_id) where trace_id is not null;
create table events_default partition of events default;

-- What an event holds beyond its row lies in chunks: zstd of one JSON line per event (or span), up to some dozens that
-- came together. Near-identical neighbours compress ten times better than alone, and a chunk is one row to write.
-- Only intake writes them and `archive.py` reads them.
create table snapshots (
    day             date not null,                     -- of its events
    id              bigint not null,                   -- events.chunk
    raw_bytes       integer not null,
    data            bytea not null,
    primary key (day, id)
) partition by range (day);
alter table snapshots alter column data set storage external;
create table snapshots_default partition of snapshots default;

create table spans (
    day             date not null,                     -- events.day, or trace_spans.day
    id              bigint not null,                   -- events.span_chunk, or trace_spans.chunk
    raw_bytes       integer not null,
    data            bytea not null,
    primary key (day, id)
) partition by range (day);
alter table spans alter column data set storage external;
create table spans_default partition of spans default;

create table trace_spans (                             -- spans that came without an event of their trace beside them
    day             date not null,
    trace_id        bytea not null,
    chunk           bigint not null,
    primary key (day, trace_id, chunk)
) partition by range (day);
create table trace_spans_default partition of trace_spans default;

create table event_copies (                            -- ids of copies that fell together with an event of another id,
    day             date not null,                     -- so that a resend of a copy adds nothing
    id              uuid not null,
    project_id      integer not null,
    event_day       date not null,
    event_id        uuid not null,
    primary key (day, id, project_id)
) partition by range (day);
create table event_copies_default partition of event_copies default;

create table counter_deltas (                          -- appended by intake, folded by the worker
    id              bigint generated always as identity primary key,
    grouping_id     bigint not null,
    hour            timestamptz not null,
    store           text not null default '',
    env             text not null default '',
    n               bigint not null,
    last_seen       timestamptz not null,
    platform        text,                              -- null: of a process of the version before 0006
    service         text,
    first_seen      timestamptz,
    message         text not null default ''           -- of the first
);
create index counter_deltas_grouping on counter_deltas (grouping_id);
create table places (                                  -- what scopes speak of, each combination once: some hundreds
    id              integer generated always as identity primary key,
    project_id      integer not null,
    platform        text not null,                     -- '' = none, as in the others
    store           text not null,
    service         text not null,
    env             text not null,
    unique (project_id, store, service, env, platform)
);
create table sightings (                               -- what a place saw of a grouping; add unfolded counter_deltas
    grouping_id     bigint not null,
    issue_id        bigint not null,                   -- groupings.issue_id
    place_id        integer not null references places,
    n               bigint not null,
    first_seen      timestamptz not null,
    last_seen       timestamptz not null,
    message         text not null,                     -- of the first, its first 300 characters
    primary key (grouping_id, place_id),
    foreign key (grouping_id, issue_id) references groupings (id, issue_id) on update cascade
);
create index sightings_issue on sightings (issue_id);
create table tallies (                                 -- the same by hour, without times and message
    grouping_id     bigint not null references groupings,
    hour            timestamptz not null,
    place_id        integer not null references places,
    n               bigint not null,
    primary key (grouping_id, hour, place_id)
);
create view counters as                                -- counts by hour, store and environment
select t.grouping_id, t.hour, p.store, p.env, sum(t.n)::bigint as n
from tallies t join places p on p.id = t.place_id group by 1, 2, 3, 4;
create table totals (                                  -- folded sums for /api/v1/stats
    name            text primary key,
    n               bigint not null default 0
);
insert into totals (name) values ('events'), ('records');

create table attribute_shapes (                        -- each once; see query/shapes.py
    id              integer generated always as identity primary key,
    name            text not null,                     -- of the attribute; '' = of any
    shape           text not null,
    unique (name, shape)
);
create table shaped_groupings (                        -- some value of some event had this shape
    shape_id        integer not null references attribute_shapes,
    grouping_id     bigint not null,
    primary key (shape_id, grouping_id)
);
create index shaped_groupings_grouping on shaped_groupings (grouping_id);
create table read_groupings (                          -- on which days the events that were read are
    grouping_id     bigint primary key,
    days            date[] not null                    -- events.day, the latest first
);
create table attribute_unread (                        -- events of these times are not in the shapes yet; a queue
    grouping_id     bigint not null,
    since           timestamptz not null,
    until           timestamptz not null,
    before          uuid                               -- of those at `until` only ids below this one
);

create function folded_unread() returns trigger language plpgsql as $$
begin
    insert into attribute_unread (grouping_id, since, until)
    select grouping_id, min(coalesce(first_seen, hour)), max(last_seen) from gone group by grouping_id;
    return null;
end $$;
create trigger folded_unread after delete on counter_deltas
    referencing old table as gone for each statement execute function folded_unread();

create function replaced_unread() returns trigger language plpgsql as $$
begin
    insert into attribute_unread (grouping_id, since, until) values (new.grouping_id, new.occurred_at, new.occurred_at);
    return null;
end $$;
create trigger replaced_unread after update of grouping_id, occurred_at, release, attributes on events
    for each row execute function replaced_unread();

create table activity (
    id              bigint generated always as identity primary key,
    issue_id        bigint not null references issues,
    at              timestamptz not null default now(),
    actor_id        bigint references people,
    actor           text not null default 'person' check (actor in ('person', 'rule', 'system', 'sentry')),
    action          text not null,                     -- created, assigned, in_review, resolved, regressed, comment, …
    data            jsonb not null default '{}'        -- parameters; rendered in the viewer's language
);
create index activity_issue on activity (issue_id, id);
create table watchers (
    issue_id        bigint not null references issues,
    person_id       bigint not null references people,
    primary key (issue_id, person_id)
);

create table channels (
    id              bigint generated always as identity primary key,
    project_id      integer not null references projects,
    name            text not null,
    kind            text not null,                     -- wecom, feishu, …
    url             text not null,                     -- encrypted at rest when keys are set
    secret          text not null default '',
    locale          text not null default 'zh' check (locale in ('en', 'zh')),
    filter          text not null default '',          -- query language
    enabled         boolean not null default true,
    disabled_reason text not null default '',
    created_at      timestamptz not null default now(),
    unique (project_id, name)
);

create table rules (
    id              bigint generated always as identity primary key,
    project_id      integer not null references projects,
    position        integer not null,
    name            text not null,
    query           text not null,
    assignee_id     bigint references people,
    team_id         bigint references teams,
    due_minutes     integer,
    channel_ids     bigint[] not null default '{}',
    enabled         boolean not null default true,
    version         integer not null default 1,
    created_at      timestamptz not null default now(),
    updated_at      timestamptz not null default now()
);
create index rules_order on rules (project_id, position, id);

create table deliveries (
    id              bigint generated always as identity primary key,
    project_id      integer not null references projects,
    channel_id      bigint not null references channels,
    issue_id        bigint references issues,
    kind            text not null,                     -- new, regressed, assigned, in_review, resolved, comment, test, …
    data            jsonb not null default '{}',       -- parameters of the message
    dedup_key       text unique,
    status          text not null default 'queued' check (status in ('queued', 'sent', 'failed', 'dead')),
    attempts        integer not null default 0,
    next_attempt_at timestamptz not null default now(),
    claimed_until   timestamptz,
    last_error      text not null default '',
    created_at      timestamptz not null default now(),
    sent_at         timestamptz
);
create index deliveries_due on deliveries (next_attempt_at) where status in ('queued', 'failed');
create index deliveries_issue on deliveries (issue_id, id);
create index deliveries_claimed on deliveries (channel_id) where claimed_until is not null;
create table delivery_attempts (
    delivery_id     bigint not null references deliveries on delete cascade,
    n               integer not null,
    at              timestamptz not null default now(),
    duration_ms     integer not null,
    http_status     integer,
    outcome         text not null check (outcome in ('sent', 'failed', 'dead')),
    answer          text not null default '',          -- first 500 characters of the body or the error, redacted
    primary key (delivery_id, n)
);
create index delivery_attempts_at on delivery_attempts (at);     -- a robot's minute

create table articles (
    id              bigint generated always as identity primary key,
    project_id      integer not null references projects,
    issue_id        bigint not null references issues,
    title           text not null,
    platform        text,
    operation       text,
    category        text,
    code            text,
    root_cause_kind text not null,
    root_cause_text text not null,
    fix_kind        text not null,
    fix_text        text not null,
    grouping_keys   text[] not null,
    words           tsvector not null,                 -- simple tsvector of words and Chinese bigrams, made in Python
    author_id       bigint references people,
    created_at      timestamptz not null default now(),
    updated_at      timestamptz not null default now()
);
create index articles_words on articles using gin (words);
create index articles_groupings on articles using gin (grouping_keys);

create table quota_usage (                           -- what each web process stored of a project with a quota
    project_id      integer not null,
    writer          uuid not null,                     -- of one web process: none waits for another's row
    minute          timestamptz not null,
    in_minute       bigint not null,
    day             date not null,
    in_day          bigint not null,
    primary key (project_id, writer)
);

create table webhook_inbox (
    day             date not null,
    project_id      integer not null,
    platform        text not null,
    store           text not null,
    dedup_key       text not null,                     -- event id, or delivery id with a body hash
    id              uuid not null,
    received_at     timestamptz not null,
    topic           text not null,
    delivery_id     text,
    verified        boolean not null,
    occurred_at     timestamptz,
    copies          integer not null default 1,
    data            bytea not null,                    -- zstd JSON: redacted headers and body
    primary key (project_id, platform, store, dedup_key, day)
) partition by range (day);
create table webhook_inbox_default partition of webhook_inbox default;

create table rejects (                                 -- items refused beside valid ones, and refused requests
    id              bigint generated always as identity primary key,
    project_id      integer,
    at              timestamptz not null default now(),
    protocol        text not null,
    reason          text not null,
    n               integer not null default 1,
    detail          text not null default '',
    first_at        timestamptz                        -- of the first one, once an hour's rows are one; `at` is the last
);
create index rejects_at on rejects (at desc);
create index rejects_single on rejects (id) where first_at is null;

create table audit_log (
    id              bigint generated always as identity primary key,
    at              timestamptz not null default now(),
    person_id       bigint references people,
    action          text not null,                     -- rule.create, token.create, person.update, …
    object          text not null,
    data            jsonb not null default '{}'
);
create index audit_log_failures on audit_log (at desc) where action = 'login.failed';


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
    heard_at        timestamptz,                       -- when Sentry sent the latest webhook that was heard
    primary key (integration, sentry_id)
);
create index sentry_links_issue on sentry_links (issue_id);
