DROP INDEX notifications_turns;
