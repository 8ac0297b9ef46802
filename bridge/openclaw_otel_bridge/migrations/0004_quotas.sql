-- Quotas of projects: what each web process has stored of a project with a quota in the latest minute and day (UTC).

create table quota_usage (
    project_id      integer not null,
    writer          uuid not null,                     -- of one web process: none waits for another's row
    minute          timestamptz not null,
    in_minute       bigint not null,
    day             date not null,
    in_day          bigint not null,
    primary key (project_id, writer)
);
