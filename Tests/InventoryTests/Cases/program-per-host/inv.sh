#!/bin/sh
case $1 in
--list) echo '{"web": {"hosts": ["a", "b", "c"]}, "lone": {"x": 1, "y": 2}}' ;;
--host)
    case $2 in
    a) echo '{"x": 1, "name": "a"}' ;;
    b) echo '{}' ;;
    esac ;;
esac
