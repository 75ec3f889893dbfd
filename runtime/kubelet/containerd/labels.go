package containerd

// Labels and annotations by which kubelets know their Pods and containers again;
// tools of others read them too.
const (
	labelPodName       = "io.kubernetes.pod.name"
	labelPodNamespace  = "io.kubernetes.pod.namespace"
	labelPodUID        = "io.kubernetes.pod.uid"
	labelContainerName = "io.kubernetes.container.name"

	annotationRestartCount  = "io.kubernetes.container.restartCount"
	annotationMessagePath   = "io.kubernetes.container.terminationMessagePath"
	annotationMessagePolicy = "io.kubernetes.container.terminationMessagePolicy"
	annotationGrace         = "io.kubernetes.pod.terminationGracePeriod"
	// annotationImage is the image as the spec named it.
	annotationImage = "nucleus.kubernetes.io/spec-image"
	// annotationLogDir is where the logs of a sandbox's containers are.
	annotationLogDir = "nucleus.kubernetes.io/log-directory"
)
