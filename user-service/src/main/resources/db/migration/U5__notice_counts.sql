DROP TABLE notice_counts;
