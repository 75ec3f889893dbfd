// Package atomicdir writes a set of files into a directory so that who reads
// them sees either all of the old ones or all of the new ones.
//
//	changed, err := atomicdir.Write(dir, map[string]atomicdir.File{
//		"config/app.yaml": {Data: data, Mode: 0o644},
//	}, nil)
//
// It is done in the way that programs in containers have come to rely on: the
// files lie in a directory with the time in its name, ..data is a symbolic link
// to that, and each name that is visible is a link into ..data:
//
//	..2026_01_02_15_04_05.123456789/config/app.yaml
//	..data -> ..2026_01_02_15_04_05.123456789
//	config -> ..data/config
//
// Renaming ..data swaps everything at once, and whoever watches the directory
// sees that as the creation of ..data.
//
// Only one Write at a time may be under way for a directory. What a crash leaves
// behind is either the old state or the new one, and the next Write cleans up.
package atomicdir
