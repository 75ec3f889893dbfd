package storagemigrationv1beta1

// Conditions of a StorageVersionMigration.
const (
	MigrationRunning   = "Running"
	MigrationSucceeded = "Succeeded"
	MigrationFailed    = "Failed"
)
