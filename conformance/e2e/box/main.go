// Command box is what runs in the containers of the end-to-end tests: small tools
// in one static program, so that an image of it needs nothing else.
//
//	box do "echo hello" "sleep 1" "exit 3"
//
// runs commands one after another; each is also a command of its own.
package main

import (
	"archive/tar"
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

func main() {
	args := os.Args[1:]
	if name := filepath.Base(os.Args[0]); commands()[name] != nil {
		args = append([]string{name}, args...) // by a link, such as tar
	}
	if err := run(args); err != nil {
		fmt.Fprintln(os.Stderr, "box:", err)
		os.Exit(1)
	}
}

func commands() map[string]func(args []string) error {
	return map[string]func(args []string) error{
		"do": do, "echo": echo, "warn": warn, "sleep": sleep, "exit": exit, "cat": cat, "write": write, "env": env, "count": count, "serve": serve,
		"allocate": allocate, "linger": linger, "deaf": deaf, "tar": archive, "id": id, "get": get, "ls": ls, "mounts": mounts, "test": test, "lines": lines, "wait": wait,
		"resolv": func([]string) error { return cat([]string{"/etc/resolv.conf"}) }, "hostname": hostname, "rm": remove, "spawn": spawn,
		"ln": func(args []string) error { return os.Symlink(args[0], args[1]) }, "fill": fill, "terminal": terminal,
	}
}

func run(args []string) error {
	if len(args) == 0 || commands()[args[0]] == nil {
		return fmt.Errorf("no such command: %q", args)
	}
	return commands()[args[0]](args[1:])
}

func do(lines []string) error {
	for _, l := range lines {
		if err := run(strings.Fields(l)); err != nil {
			return fmt.Errorf("%s: %w", l, err)
		}
	}
	return nil
}

func echo(args []string) error { _, err := fmt.Println(strings.Join(args, " ")); return err }

func warn(args []string) error {
	_, err := fmt.Fprintln(os.Stderr, strings.Join(args, " "))
	return err
}

// sleep ends at once when it is told to.
func sleep(args []string) error {
	d, err := time.ParseDuration(args[0])
	if err != nil {
		seconds, err := strconv.ParseFloat(args[0], 64)
		if err != nil {
			return err
		}
		d = time.Duration(seconds * float64(time.Second))
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	select {
	case <-time.After(d):
	case <-ctx.Done():
		os.Exit(128 + int(syscall.SIGTERM))
	}
	return nil
}

func exit(args []string) error {
	code, err := strconv.Atoi(args[0])
	if err == nil {
		os.Exit(code)
	}
	return err
}

func cat(args []string) error {
	if len(args) == 0 {
		_, err := io.Copy(os.Stdout, os.Stdin)
		return err
	}
	for _, a := range args {
		data, err := os.ReadFile(a)
		if err != nil {
			return err
		}
		if _, err := os.Stdout.Write(data); err != nil {
			return err
		}
	}
	return nil
}

// lines answers each line of its input.
func lines([]string) error {
	in := bufio.NewScanner(os.Stdin)
	for in.Scan() {
		fmt.Println("heard:", in.Text())
	}
	return in.Err()
}

func write(args []string) error {
	return os.WriteFile(args[0], []byte(strings.Join(args[1:], " ")+"\n"), 0o644)
}

func remove(args []string) error { return os.RemoveAll(args[0]) }

func env(args []string) error {
	if len(args) == 0 {
		all := os.Environ()
		slices.Sort(all)
		_, err := fmt.Println(strings.Join(all, "\n"))
		return err
	}
	for _, a := range args {
		fmt.Println(os.Getenv(a))
	}
	return nil
}

// count writes so many lines, one each interval.
func count(args []string) error {
	n, err := strconv.Atoi(args[0])
	if err != nil {
		return err
	}
	pause, err := time.ParseDuration(args[1])
	if err != nil {
		return err
	}
	for i := range n {
		fmt.Println("line", i+1)
		time.Sleep(pause)
	}
	return nil
}

// wait waits for a file.
func wait(args []string) error {
	for {
		if _, err := os.Stat(args[0]); err == nil {
			return nil
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// allocate takes so many megabytes and uses them.
func allocate(args []string) error {
	n, err := strconv.Atoi(args[0])
	if err != nil {
		return err
	}
	var kept [][]byte
	for range n {
		b := make([]byte, 1<<20)
		for i := 0; i < len(b); i += 4096 {
			b[i] = 1
		}
		kept = append(kept, b)
	}
	fmt.Println("allocated", len(kept))
	return nil
}

// linger ends some time after it is told to.
func linger(args []string) error {
	d, err := time.ParseDuration(args[0])
	if err != nil {
		return err
	}
	told := make(chan os.Signal, 1)
	signal.Notify(told, syscall.SIGTERM)
	fmt.Println("lingering")
	<-told
	fmt.Println("told to end")
	time.Sleep(d)
	fmt.Println("ends in order")
	return nil
}

// deaf does not end when it is told to.
func deaf([]string) error {
	signal.Ignore(syscall.SIGTERM)
	fmt.Println("deaf")
	time.Sleep(time.Hour)
	return nil
}

// spawn leaves a process to whoever reaps orphans, which ends soon.
func spawn(args []string) error {
	next := []string{"box", "spawn", "orphan"}
	if len(args) > 0 {
		next = []string{"box", "sleep", "0.05"}
	}
	p, err := os.StartProcess("/proc/self/exe", next, &os.ProcAttr{Files: []*os.File{nil, os.Stdout, os.Stderr}})
	if err != nil || len(args) > 0 {
		return err
	}
	_, err = p.Wait()
	return err
}

func id([]string) error {
	groups, err := os.Getgroups()
	slices.Sort(groups)
	fmt.Printf("uid=%d gid=%d groups=%v\n", os.Getuid(), os.Getgid(), groups)
	return err
}

func hostname([]string) error {
	name, err := os.Hostname()
	fmt.Println(name)
	return err
}

func get(args []string) error {
	client := http.Client{Timeout: 30 * time.Second}
	response, err := client.Get(args[0])
	if err != nil {
		return err
	}
	defer func() { _ = response.Body.Close() }()
	_, err = io.Copy(os.Stdout, response.Body)
	return err
}

func ls(args []string) error {
	for _, dir := range args {
		entries, err := os.ReadDir(dir)
		if err != nil {
			return err
		}
		for _, e := range entries {
			info, err := e.Info()
			if err != nil {
				return err
			}
			owner := info.Sys().(*syscall.Stat_t)
			fmt.Printf("%s %d:%d %s\n", info.Mode(), owner.Uid, owner.Gid, e.Name())
		}
	}
	return nil
}

func mounts([]string) error { return cat([]string{"/proc/self/mountinfo"}) }

// test is as in shells, as far as kubectl cp needs it: -d DIR.
func test(args []string) error {
	if len(args) == 2 && args[0] == "-d" {
		if info, err := os.Stat(args[1]); err != nil || !info.IsDir() {
			os.Exit(1)
		}
		return nil
	}
	return fmt.Errorf("test: %q", args)
}

// archive is tar as kubectl cp calls it: "cf - PATH" and "-xmf - -C DIR".
func archive(args []string) error {
	dir, paths, extract := ".", []string(nil), false
	for i := 0; i < len(args); i++ {
		switch a := args[i]; {
		case a == "-C" && i+1 < len(args):
			i++
			dir = args[i]
		case i == 0:
			extract = strings.Contains(a, "x")
		case a == "-":
		case strings.HasPrefix(a, "--"):
		default:
			paths = append(paths, a)
		}
	}
	if extract {
		return unpack(dir)
	}
	w := tar.NewWriter(os.Stdout)
	for _, p := range paths {
		err := filepath.WalkDir(filepath.Join(dir, p), func(path string, d fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			info, err := d.Info()
			if err != nil {
				return err
			}
			h, err := tar.FileInfoHeader(info, "")
			if err != nil {
				return err
			}
			h.Name = strings.TrimPrefix(path, "/")
			if err := w.WriteHeader(h); err != nil || !info.Mode().IsRegular() {
				return err
			}
			data, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			_, err = w.Write(data)
			return err
		})
		if err != nil {
			return err
		}
	}
	return w.Close()
}

func unpack(dir string) error {
	r := tar.NewReader(os.Stdin)
	for {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		path := filepath.Join(dir, filepath.Clean("/"+h.Name))
		if h.Typeflag == tar.TypeDir {
			if err := os.MkdirAll(path, 0o755); err != nil {
				return err
			}
			continue
		}
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		data, err := io.ReadAll(r)
		if err != nil {
			return err
		}
		if err := os.WriteFile(path, data, fs.FileMode(h.Mode).Perm()); err != nil {
			return err
		}
	}
}
