package api

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"docket/internal/job"
)

const maxWait = 60 * time.Second // contract J21

// watch reads the job of the path, after waiting for a change when the request
// asks for that, and sets the answer's ETag. It is true when the client has
// this version already and was told so. // contract J21
func (a *API) watch(w http.ResponseWriter, r *http.Request) (job.Job, bool, error) {
	j, err := a.awaited(w, r)
	if err != nil {
		return j, false, err
	}
	w.Header().Set("ETag", etag(j))
	w.Header().Set("Cache-Control", "no-cache")
	if matches(r, etag(j)) {
		w.WriteHeader(http.StatusNotModified)
		return j, true, nil
	}
	return j, false, nil
}

// awaited reads the job of the path, after waiting for a change when the
// request asks for that.
func (a *API) awaited(w http.ResponseWriter, r *http.Request) (job.Job, error) {
	wait, err := waitFor(r)
	if err != nil {
		return job.Job{}, err
	}
	j, err := a.job(r)
	if err != nil {
		return j, err
	}
	if wait > 0 && !j.Status.Final() && !stale(r, j) {
		gone, begun := a.metrics.watch(byPoll), time.Now()
		j, err = a.changed(r, j, wait)
		gone()
		if late, ok := w.(*lateWriter); ok {
			late.waited = time.Since(begun)
		}
		if err != nil {
			return j, err
		}
	}
	return j, nil
}

// changed waits until the word for the job's status is another one.
func (a *API) changed(r *http.Request, j job.Job, wait time.Duration) (job.Job, error) {
	listener := a.service.Listen(j.ID)
	defer listener.Close()
	before := j.Status.In(job.JobsWords)
	timeout := time.NewTimer(wait)
	defer timeout.Stop()
	for {
		// It may have changed before there was a listener.
		j, err := a.job(r)
		if err != nil || j.Status.In(job.JobsWords) != before {
			return j, err
		}
		select {
		case <-listener.Wake():
		case <-a.stopping:
			return j, nil
		case <-timeout.C:
			return j, nil
		case <-r.Context().Done():
			return j, r.Context().Err()
		}
	}
}

func waitFor(r *http.Request) (time.Duration, error) {
	value := r.URL.Query().Get("wait")
	if value == "" {
		return 0, nil
	}
	seconds, err := strconv.ParseFloat(value, 64)
	if err != nil || !(seconds >= 0) {
		return 0, invalid("wait", "it is not a number of seconds", "Send a number from 0 to 60")
	}
	return min(time.Duration(min(seconds, 3600)*float64(time.Second)), maxWait), nil
}

func etag(j job.Job) string { return `W/"` + strconv.FormatInt(j.Version, 10) + `"` }

// matches says that the client has this version.
func matches(r *http.Request, etag string) bool {
	header := r.Header["If-None-Match"]
	if len(header) == 0 {
		return false
	}
	for tag := range strings.SplitSeq(header[0], ",") {
		tag = strings.TrimSpace(tag)
		if tag == "*" || strings.TrimPrefix(tag, "W/") == strings.TrimPrefix(etag, "W/") {
			return true
		}
	}
	return false
}

// stale says that the client has another version, and so need not wait.
func stale(r *http.Request, j job.Job) bool {
	return r.Header.Get("If-None-Match") != "" && !matches(r, etag(j))
}
