package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strconv"
	"syscall"
	"time"
	"unsafe"
)

// fill makes a file of so many bytes, which take room on the disk.
func fill(args []string) error {
	size, err := strconv.ParseInt(args[1], 10, 64)
	if err != nil {
		return err
	}
	file, err := os.Create(args[0])
	if err != nil {
		return err
	}
	_, err = io.CopyN(file, noise{}, size)
	return errors.Join(err, file.Close())
}

// noise is bytes without end, none of them zero.
type noise struct{}

func (noise) Read(b []byte) (int, error) {
	for i := range b {
		b[i] = byte(i%255 + 1)
	}
	return len(b), nil
}

// terminal tells of its terminal's size, each time that it is another one, until it
// is 40 columns.
func terminal([]string) error {
	changed := make(chan os.Signal, 1)
	signal.Notify(changed, syscall.SIGWINCH)
	for before := (winsize{}); before.columns != 40; {
		var now winsize
		if _, _, errno := syscall.Syscall(syscall.SYS_IOCTL, 0, syscall.TIOCGWINSZ, uintptr(unsafe.Pointer(&now))); errno != 0 {
			return fmt.Errorf("no terminal: %w", errno)
		}
		if now != before {
			fmt.Println("terminal of", now.rows, "rows and", now.columns, "columns")
			before = now
			continue
		}
		select {
		case <-changed:
		case <-time.After(100 * time.Millisecond): // the first size may come after the start
		}
	}
	return nil
}

type winsize struct{ rows, columns, width, height uint16 }
