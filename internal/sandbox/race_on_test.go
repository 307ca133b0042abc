//go:build race

package sandbox

// raceDetector says that children need more address space than any limit
// would grant.
const raceDetector = true
