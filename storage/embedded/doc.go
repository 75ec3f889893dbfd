// Package embedded is the store that comes with Nucleus: one directory, one
// process, nothing to install. With an empty directory name it lives in memory.
//
//	store, err := embedded.Open(ctx, embedded.Options{Dir: "/var/lib/nucleus/store"})
//	if err != nil { ... }
//	defer store.Close()
//
// It is a [storage.Store]; this text says only how it keeps that promise.
//
// # Writes
//
// One goroutine owns all changes. It takes the writes that are waiting, checks
// each against the state that the ones before leave, commits them as one batch
// with one sync of the disk, makes them visible, and answers. So a lone writer
// pays one sync and thirty-two concurrent ones share it, and an acknowledged
// write survives the process and the machine being killed.
//
// # Data
//
// Every version of a key is a record under key and revision, every revision a
// small record that says which key changed; layout.go has the bytes. The past
// is readable until it is compacted: by default five minutes of it are kept, at
// most half a million changes. Compaction deletes old versions in small batches
// and stops no one.
//
// # Watches
//
// A watch first reads history from the engine, then is fed from memory. A
// reader that falls behind goes back to reading history: it costs no memory and
// delays nobody. Only compaction can overtake it.
//
// # Damage
//
// Open verifies the directory before it writes to it: logs are scanned for
// damage that has intact records after it, tables (the newest 512 MiB) by the
// checksums of their blocks. What is found is an error that names the file, and
// nothing is changed. The last record of a log may be incomplete, because a
// crash leaves that; it had not been acknowledged. Later reads check too.
// [Store.Check] verifies everything.
//
// When the disk is nearly full writes are refused with storage.ErrNoSpace while
// a reserve is left for the engine; reads go on, and so do deletions for a
// while. Writes work again once there is space.
//
// When the disk fails otherwise, writes fail with what it said, reads go on with
// what memory and open files have, and the store opens its engine anew as soon as
// a file can be written: at the next write, but every two seconds at most if the
// engine could not be closed. Pebble would end the process when it cannot write
// its list of files or begin a log; here its goroutines stop where they are, and
// nothing that they may still do reaches the disk. What remains is that each such
// engine leaves its memory behind (some 16 MiB) until the process ends, and that a
// disk which hangs without an error holds writes up for as long.
//
// # The engine
//
// It is Pebble, chosen over bbolt by BenchmarkEngine on 2 busy cores with a
// virtual disk (32 writers, values of 3 KiB): 8,600 durable writes/s against
// 3,100, because a commit needs one sync of the disk and not two; 71 us of CPU a
// write against 109 (with compression it would be 147, so that is off); and
// resident memory bounded by its caches (14 MB of file pages), where bbolt maps
// the whole file and has 75 MB resident after 45 MB of values. bbolt would be 6
// MB less of binary, opens a little faster, and fails more gently when the disk
// is full; that last part is made up for here, see engine, fence and spaceGuard.
package embedded
