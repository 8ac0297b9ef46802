-- What is looked for among all issues and is rare must not walk all of them.
create index issues_manual on issues (project_id) where origin = 'manual';
create index issues_unowned on issues (project_id) where assignee_id is null and team_id is null and merged_into is null;
