package job

// Progress is how far a job is. It never falls within one attempt.
type Progress struct {
	Percentage     int    `json:"percentage"` // 0 to 100
	FilesCompleted int    `json:"files_completed"`
	TotalFiles     int    `json:"total_files"`
	PagesCompleted int    `json:"pages_completed"`
	TotalPages     int    `json:"total_pages"` // 0 until known
	Stage          string `json:"stage,omitempty"`
	Message        string `json:"message,omitempty"`
}

// Stages that are not an operation's own.
const (
	StageWaiting = "waiting for a worker"
	StagePaused  = "paused" // by the operator
)

// Over gives the later of two states of progress: p, but never behind before.
func (p Progress) Over(before Progress) Progress {
	p.Percentage = min(max(p.Percentage, before.Percentage), 100)
	p.FilesCompleted = max(p.FilesCompleted, before.FilesCompleted)
	p.PagesCompleted = max(p.PagesCompleted, before.PagesCompleted)
	p.TotalFiles = max(p.TotalFiles, before.TotalFiles)
	p.TotalPages = max(p.TotalPages, before.TotalPages)
	return p
}

func (p Progress) done() Progress {
	p.Percentage = 100
	p.FilesCompleted = p.TotalFiles
	p.PagesCompleted = p.TotalPages
	p.Stage, p.Message = "", ""
	return p
}
