package volume

// Standard returns the plug-ins that every node has.
func Standard() []Plugin {
	return []Plugin{
		emptyDir{}, hostPath{}, newConfigMap(), newSecret(), newDownwardAPI(), newProjected(), image{}, local{}, nfs{},
	}
}
