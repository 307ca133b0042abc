package contestant

import (
	"slices"
	"time"
)

// Figures are what one round found, as a contestant prints them.
type Figures struct {
	Done       int     `json:"done"`
	Seconds    float64 `json:"seconds"`     // from the first submit until the last job has ended
	CPUSeconds float64 `json:"cpu_seconds"` // of the program and the database's server
	P50        float64 `json:"p50_ms"`      // from before a job's submit until it has ended
	P99        float64 `json:"p99_ms"`
}

func newFigures(took, processor time.Duration, each []time.Duration) Figures {
	sorted := slices.Sorted(slices.Values(each))
	return Figures{
		Done: len(each), Seconds: took.Seconds(), CPUSeconds: processor.Seconds(),
		P50: Quantile(sorted, 0.50), P99: Quantile(sorted, 0.99),
	}
}

// Quantile is the time in ms that the part q of the sorted times does not
// exceed; 0 of none.
func Quantile(sorted []time.Duration, q float64) float64 {
	if len(sorted) == 0 {
		return 0
	}
	at := min(int(q*float64(len(sorted))), len(sorted)-1)
	return float64(sorted[at]) / float64(time.Millisecond)
}
