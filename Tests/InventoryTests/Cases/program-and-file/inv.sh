#!/bin/sh
if [ "$1" = --list ]; then
cat <<'END'
{"web": {"hosts": ["a"]}, "_meta": {"hostvars": {"a": {"x": "program"}}}}
END
fi
