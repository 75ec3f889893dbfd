package embedded

import "context"

// Size returns how many bytes the store takes on disk; in memory, what it would.
func (s *Store) Size(ctx context.Context) (int64, error) {
	if err := s.usable(ctx); err != nil {
		return 0, err
	}
	eng, done, err := s.engineForRead()
	if err != nil {
		return 0, err
	}
	defer done()
	return int64(eng.db.Metrics().DiskSpaceUsage()), nil
}
