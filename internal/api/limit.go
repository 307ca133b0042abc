package api

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"docket/internal/account"
	"docket/internal/job"
)

// counted counts the requests to a route. Refused ones, long polls, and those
// that are answered with 304 are requests like others. // contract J29
func (a *API) counted(class account.Class, h handler) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		s, err := a.count(account.From(r.Context()), w.Header(), class)
		if s.Limit > 0 && strings.HasPrefix(r.URL.Path, "/v1/") {
			platformLimits(w.Header(), s, time.Now())
		}
		if err != nil {
			return err
		}
		return h(w, r)
	}
}

// platformLimits says the same in the platform's own headers. // contract D3
func platformLimits(h http.Header, s account.Standing, now time.Time) {
	h.Set("X-RateLimit-Limit", strconv.Itoa(s.Limit))
	h.Set("X-RateLimit-Remaining", strconv.Itoa(s.Left))
	h.Set("X-RateLimit-Reset", strconv.FormatInt(now.Add(s.Wait+time.Second-1).Unix(), 10))
}

// count counts a request of the caller and says in the answer's header where
// it stands. In open mode nobody is counted, and the limit is 0. The error is of code RateLimited.
// contract J27, J29
func (a *API) count(c account.Caller, h http.Header, class account.Class) (account.Standing, error) {
	key, limit := c.Key, a.service.LimitsOf(c).Of(class)
	if key == "" || limit == 0 {
		return account.Standing{}, nil
	}
	s := a.windows.Take(key, class, limit)
	wait := int((s.Wait + time.Second - 1) / time.Second) // whole seconds are all that the headers have
	setLimits(h, class, s, wait)
	if s.OK {
		return s, nil
	}
	return s, &job.Error{Code: job.RateLimited, Facts: job.Facts{"class": class.String(), "limit": s.Limit, "retry_after": wait}}
}

// setLimits sets RateLimit-Policy and RateLimit as
// draft-ietf-httpapi-ratelimit-headers has them: t is when the next request
// comes back that was counted.
func setLimits(h http.Header, class account.Class, s account.Standing, wait int) {
	const window = int64(account.Window / time.Second)
	b := make([]byte, 0, 64)
	b = append(append(append(b, '"'), class.String()...), '"')
	name := len(b)
	b = strconv.AppendInt(append(b, ";q="...), int64(s.Limit), 10)
	b = strconv.AppendInt(append(b, ";w="...), window, 10)
	policy := len(b)
	b = append(b, b[:name]...)
	b = strconv.AppendInt(append(b, ";r="...), int64(s.Left), 10)
	b = strconv.AppendInt(append(b, ";t="...), int64(wait), 10)
	text := string(b)
	values := &[2]string{text[:policy], text[policy:]}
	h["Ratelimit-Policy"], h["Ratelimit"] = values[0:1:1], values[1:2:2] // as Set would, with one allocation
}
