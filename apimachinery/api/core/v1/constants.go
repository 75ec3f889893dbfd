package corev1

import "github.com/kubenucleus/nucleus/apimachinery/meta"

// Namespaces that every cluster has.
const (
	NamespaceDefault   = "default"         // objects without a namespace of their own land here
	NamespaceAll       = ""                // in a request: every namespace
	NamespaceNodeLease = "kube-node-lease" // one Lease per Node, its heartbeat
)

// FinalizerKubernetes in a Namespace's spec holds it until its content is gone.
const FinalizerKubernetes FinalizerName = "kubernetes"

// Where a Namespace is in its life.
const (
	NamespaceActive      NamespacePhase = "Active"
	NamespaceTerminating NamespacePhase = "Terminating" // nothing new may be made in it
)

// Conditions of a Namespace that is being deleted.
const (
	NamespaceDeletionDiscoveryFailure NamespaceConditionType = "NamespaceDeletionDiscoveryFailure"           // what it holds could not be found out
	NamespaceDeletionContentFailure   NamespaceConditionType = "NamespaceDeletionContentFailure"             // something could not be deleted
	NamespaceDeletionGVParsingFailure NamespaceConditionType = "NamespaceDeletionGroupVersionParsingFailure" // discovery answered nonsense
	NamespaceContentRemaining         NamespaceConditionType = "NamespaceContentRemaining"                   // something is still there
	NamespaceFinalizersRemaining      NamespaceConditionType = "NamespaceFinalizersRemaining"                // what is there waits for finalizers
)

// NamespaceTerminatingCause is the cause that a create in a Namespace that is
// being deleted is refused with.
const NamespaceTerminatingCause meta.CauseType = "NamespaceTerminating"

// Values of a condition's status.
const (
	ConditionTrue    ConditionStatus = "True"
	ConditionFalse   ConditionStatus = "False"
	ConditionUnknown ConditionStatus = "Unknown"
)

// ComponentHealthy is the condition of a ComponentStatus.
const ComponentHealthy ComponentConditionType = "Healthy"

// Values of an Event's type.
const (
	EventTypeNormal  = "Normal"
	EventTypeWarning = "Warning"
)

// Names of resources in requests, limits, capacity and quotas.
const (
	ResourceCPU                      ResourceName = "cpu"               // in cores; 100m is a tenth
	ResourceMemory                   ResourceName = "memory"            // in bytes
	ResourceStorage                  ResourceName = "storage"           // of a volume, in bytes
	ResourceEphemeralStorage         ResourceName = "ephemeral-storage" // a node's own disk, in bytes
	ResourcePods                     ResourceName = "pods"
	ResourceServices                 ResourceName = "services"
	ResourceReplicationControllers   ResourceName = "replicationcontrollers"
	ResourceQuotas                   ResourceName = "resourcequotas"
	ResourceSecrets                  ResourceName = "secrets"
	ResourceConfigMaps               ResourceName = "configmaps"
	ResourcePersistentVolumeClaims   ResourceName = "persistentvolumeclaims"
	ResourceServicesNodePorts        ResourceName = "services.nodeports"
	ResourceServicesLoadBalancers    ResourceName = "services.loadbalancers"
	ResourceRequestsCPU              ResourceName = "requests.cpu"
	ResourceRequestsMemory           ResourceName = "requests.memory"
	ResourceRequestsStorage          ResourceName = "requests.storage"
	ResourceRequestsEphemeralStorage ResourceName = "requests.ephemeral-storage"
	ResourceLimitsCPU                ResourceName = "limits.cpu"
	ResourceLimitsMemory             ResourceName = "limits.memory"
	ResourceLimitsEphemeralStorage   ResourceName = "limits.ephemeral-storage"
)

// Prefixes of resource names.
const (
	ResourceDefaultNamespacePrefix  = "kubernetes.io/"
	ResourceHugePagesPrefix         = "hugepages-"
	ResourceRequestsHugePagesPrefix = "requests.hugepages-"
	ResourceAttachableVolumesPrefix = "attachable-volumes-"
	DefaultResourceRequestsPrefix   = "requests."
)

// Which objects a quota counts.
const (
	ResourceQuotaScopeTerminating               ResourceQuotaScope = "Terminating"               // Pods with activeDeadlineSeconds
	ResourceQuotaScopeNotTerminating            ResourceQuotaScope = "NotTerminating"            // Pods without it
	ResourceQuotaScopeBestEffort                ResourceQuotaScope = "BestEffort"                // Pods without any request or limit
	ResourceQuotaScopeNotBestEffort             ResourceQuotaScope = "NotBestEffort"             // all other Pods
	ResourceQuotaScopePriorityClass             ResourceQuotaScope = "PriorityClass"             // Pods by their priority class
	ResourceQuotaScopeCrossNamespacePodAffinity ResourceQuotaScope = "CrossNamespacePodAffinity" // Pods with affinity terms that reach into other namespaces
	ResourceQuotaScopeVolumeAttributesClass     ResourceQuotaScope = "VolumeAttributesClass"     // claims by their volume attributes class
)

// How a quota's scope selector compares.
const (
	ScopeSelectorOpIn           ScopeSelectorOperator = "In"
	ScopeSelectorOpNotIn        ScopeSelectorOperator = "NotIn"
	ScopeSelectorOpExists       ScopeSelectorOperator = "Exists"
	ScopeSelectorOpDoesNotExist ScopeSelectorOperator = "DoesNotExist"
)

// What a LimitRange limits.
const (
	LimitTypePod                   LimitType = "Pod" // the sum over a Pod's containers
	LimitTypeContainer             LimitType = "Container"
	LimitTypePersistentVolumeClaim LimitType = "PersistentVolumeClaim"
)

// Kinds of Secret: each asks for certain keys.
const (
	SecretTypeOpaque              SecretType = "Opaque" // any keys; the default
	SecretTypeServiceAccountToken SecretType = "kubernetes.io/service-account-token"
	SecretTypeDockercfg           SecretType = "kubernetes.io/dockercfg"
	SecretTypeDockerConfigJson    SecretType = "kubernetes.io/dockerconfigjson"
	SecretTypeBasicAuth           SecretType = "kubernetes.io/basic-auth"
	SecretTypeSSHAuth             SecretType = "kubernetes.io/ssh-auth"
	SecretTypeTLS                 SecretType = "kubernetes.io/tls"
	SecretTypeBootstrapToken      SecretType = "bootstrap.kubernetes.io/token"
)

// Keys in the data of Secrets.
const (
	ServiceAccountTokenKey      = "token"
	ServiceAccountKubeconfigKey = "kubernetes.kubeconfig"
	ServiceAccountRootCAKey     = "ca.crt"
	ServiceAccountNamespaceKey  = "namespace"
	DockerConfigKey             = ".dockercfg"
	DockerConfigJsonKey         = ".dockerconfigjson"
	BasicAuthUsernameKey        = "username"
	BasicAuthPasswordKey        = "password"
	SSHAuthPrivateKey           = "ssh-privatekey"
	TLSCertKey                  = "tls.crt"
	TLSPrivateKeyKey            = "tls.key"
)

// MaxSecretSize is how many bytes the values of a Secret or ConfigMap may have.
const MaxSecretSize = 1048576
