module github.com/kubenucleus/nucleus

go 1.26
