package embedded

import "context"

// Size returns how many bytes the store takes on disk; in memory, what it would.
func (s *Store) Size(ctx context.Context) (size int64, err error) {
	if err := s.usable(ctx); err != nil {
		return 0, err
	}
	eng, done, err := s.engineForRead()
	if err != nil {
		return 0, err
	}
	defer done()
	err = eng.do(func() error { // which an engine that is dying may not survive
		size = int64(eng.db.Metrics().DiskSpaceUsage())
		return nil
	})
	return size, err
}
