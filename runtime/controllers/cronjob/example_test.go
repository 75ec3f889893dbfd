package cronjob_test

import (
	"fmt"
	"time"

	"github.com/kubenucleus/nucleus/runtime/controllers/cronjob"
)

func ExampleParse() {
	schedule, err := cronjob.Parse("30 9-17/4 * * MON-FRI")
	if err != nil {
		fmt.Println(err)
		return
	}
	t := time.Date(2030, time.January, 4, 12, 0, 0, 0, time.UTC) // a Friday
	for range 3 {
		t = schedule.Next(t)
		fmt.Println(t.Format("Mon 15:04"))
	}
	// Output:
	// Fri 13:30
	// Fri 17:30
	// Mon 09:30
}
