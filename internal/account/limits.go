package account

// Limits are what a key may do in a minute, and how much its account may have
// waiting. Zero means the server's own. // contract A10, J29
type Limits struct {
	Reads   int `json:"reads,omitempty"`   // reads of one job a minute
	Batches int `json:"batches,omitempty"` // reads of many jobs a minute
	Lists   int `json:"lists,omitempty"`   // lists a minute
	Waiting int `json:"waiting,omitempty"` // jobs that wait for a worker
}
