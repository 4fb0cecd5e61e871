#!/bin/sh
if [ "$1" = --list ]; then
cat <<'END'
{"web": {"hosts": ["a", "b"], "vars": {"v": "web", "ansible_group_priority": 3}, "children": ["sub"]},
 "sub": {"hosts": ["c"]}, "short": ["d", "a"], "all": {"vars": {"x": 1e3, "e": "\ud83d\ude00"}}, "ungrouped": {"hosts": []},
 "_meta": {"hostvars": {"a": {"ansible_port": 22, "n": {"1": [null, 1.0]}}, "nobody": {"x": 1}}}}
END
fi
