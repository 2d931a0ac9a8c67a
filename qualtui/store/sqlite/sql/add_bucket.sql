INSERT OR REPLACE INTO buckets (grain, series, at, count, gaps, sum, min, max, last)
VALUES (:grain, :series, :at, :count, :gaps, :sum, :min, :max, :last);
