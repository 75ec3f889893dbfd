package storagemigrationv1

// Conditions of a StorageVersionMigration.
const (
	MigrationRunning   = "Running"
	MigrationSucceeded = "Succeeded"
	MigrationFailed    = "Failed"
)
