package embedded

import (
	"fmt"
	"time"

	"github.com/kubenucleus/nucleus/storage"
)

// spaceGuard remembers how much may be written before the disk has to be asked
// again: asking costs a system call.
type spaceGuard struct {
	asked time.Time
	left  int64
}

const (
	defaultReserve  = 64 << 20
	spaceAskEvery   = time.Second
	spaceAskPortion = 8 // asked again when this fraction of what was left is used
)

// roomForWrites returns storage.ErrNoSpace if writing size bytes would eat into
// the reserve. The engine itself must never hit the end of the disk: it would
// lose its log and could not tidy up to make room. Deletions, which make room
// in the end, may use half of the reserve.
func (s *Store) roomForWrites(size int64, deleteOnly bool) error {
	g := &s.space
	now := s.opts.now()
	g.left -= size
	if g.left > 0 && now.Sub(g.asked) < spaceAskEvery {
		return nil
	}
	free, total, err := s.opts.freeSpace(s.opts.Dir)
	if err != nil {
		return fmt.Errorf("ask for free space: %w", err)
	}
	reserve := s.opts.ReserveBytes
	if reserve == 0 {
		reserve = min(defaultReserve, total/8)
	}
	g.asked, g.left = now, (free-reserve)/spaceAskPortion
	if deleteOnly {
		reserve /= 2
	}
	if free-reserve <= size {
		g.left = 0
		return fmt.Errorf("%w: %d bytes free in %s, %d are reserved", storage.ErrNoSpace, free, s.opts.Dir, reserve)
	}
	return nil
}
