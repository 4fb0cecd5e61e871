#!/bin/sh
echo '{"web": {"hosts": "a", "vars": []}, "_meta": {"hostvars": []}}'
