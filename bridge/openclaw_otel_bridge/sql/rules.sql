-- name: rules
-- the rules of a project in their order, with the names of whom they assign
select r.id, r.project_id, r.position, r.name, r.query, r.assignee_id, r.team_id, r.due_minutes, r.channel_ids,
       r.enabled, r.version, r.created_at, r.updated_at, p.name as assignee_name, t.name as team_name
from rules r left join people p on p.id = r.assignee_id left join teams t on t.id = r.team_id
where r.project_id = %(project_id)s order by r.position, r.id

-- name: rule
-- one rule of a project under its row lock
select r.id, r.project_id, r.position, r.name, r.query, r.assignee_id, r.team_id, r.due_minutes, r.channel_ids,
       r.enabled, r.version, r.created_at, r.updated_at, p.name as assignee_name, t.name as team_name
from rules r left join people p on p.id = r.assignee_id left join teams t on t.id = r.team_id
where r.id = %(id)s and r.project_id = %(project_id)s for no key update of r

-- name: active_rules
-- the rules that decide now; one whose person left is passed over
select r.id, r.name, r.query, r.assignee_id, r.team_id, r.due_minutes, r.channel_ids
from rules r left join people p on p.id = r.assignee_id
where r.project_id = %(project_id)s and r.enabled and (p.id is null or p.disabled_at is null or r.team_id is not null)
order by r.position, r.id

-- name: create_rule
-- a new rule, last unless a position is given
insert into rules (project_id, position, name, query, assignee_id, team_id, due_minutes, channel_ids, enabled)
values (%(project_id)s,
        coalesce(%(position)s, (select coalesce(max(position), 0) + 10 from rules where project_id = %(project_id)s)),
        %(name)s, %(query)s, %(assignee_id)s, %(team_id)s, %(due_minutes)s, %(channel_ids)s, %(enabled)s)
returning id

-- name: update_rule
-- change a rule; raises its version
update rules set position = %(position)s, name = %(name)s, query = %(query)s, assignee_id = %(assignee_id)s,
       team_id = %(team_id)s, due_minutes = %(due_minutes)s, channel_ids = %(channel_ids)s, enabled = %(enabled)s,
       version = version + 1, updated_at = now()
where id = %(id)s

-- name: delete_rule
-- remove a rule
delete from rules where id = %(id)s and project_id = %(project_id)s

-- name: move_rules
-- give rules the order of the list
update rules r set position = o.place * 10, version = version + 1, updated_at = now()
from unnest(%(ids)s::bigint[]) with ordinality o (id, place)
where r.id = o.id and r.project_id = %(project_id)s

-- name: known_channels
-- which of these channels the project has
select id from channels where project_id = %(project_id)s and id = any(%(ids)s::bigint[])

-- name: assign_issues
-- owner and due time of issues that are new or came back; their rows are locked already
update issues i set status = v.status, assignee_id = v.assignee_id, team_id = v.team_id, due_at = v.due_at,
       version = i.version + 1, updated_at = clock_timestamp()
from unnest(%(ids)s::bigint[], %(statuses)s::text[], %(assignee_ids)s::bigint[], %(team_ids)s::bigint[],
            %(dues)s::timestamptz[]) v (id, status, assignee_id, team_id, due_at)
where i.id = v.id

-- name: note_assignments
-- what the rules did, in the activity log
insert into activity (issue_id, at, actor, action, data)
select v.id, clock_timestamp(), 'rule', 'assigned', v.data
from unnest(%(ids)s::bigint[], %(data)s::jsonb[]) v (id, data)

-- name: open_issues_matching
-- which open issues a query finds, the newest first, and how many there are
select i.id, i.title, i.platform, i.operation, i.category, i.code, i.message, i.exception_type, i.kinds, i.status,
       i.assignee_id, i.team_id, count(*) over () as found
from {issues}
where i.status <> 'resolved' and {condition}
order by i.last_seen desc, i.id desc limit {most}

-- name: seedable_projects
-- projects that never got teams and rules, under their row locks
select id from projects where not coalesce((settings ->> 'seeded')::boolean, false) order by id for update

-- name: has_rules_or_teams
-- whether somebody has made teams or rules already
select exists (select from rules where project_id = %(project_id)s)
    or exists (select from teams where project_id = %(project_id)s)

-- name: create_team
-- a team; the one there is keeps its name
insert into teams (project_id, slug, name) values (%(project_id)s, %(slug)s, %(name)s)
on conflict (project_id, slug) do update set name = teams.name
returning id

-- name: mark_seeded
-- never seed a project twice: what people removed stays removed
update projects set settings = settings || '{"seeded": true}' where id = %(project_id)s
