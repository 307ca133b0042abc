package api

import (
	"fmt"
	"net/http"
)

// rateWords are for who asked, or watches, too much. // contract A9, J29
func rateWords(p *problem, _ *http.Request) {
	what := map[string]string{"reads": "Status check", "batches": "Batch status", "lists": "List"}[p.fact("class")]
	p.message = fmt.Sprintf("%s rate limit exceeded: the key may make %s such requests a minute, the next one in %s s.", what, p.fact("limit"), p.retryAfter)
	p.suggestions = []string{"Wait as long as Retry-After says"}
	if p.fact("class") != "lists" {
		p.suggestions = append(p.suggestions, "Ask for many jobs at once with GET /jobs/status", "Let the server tell of changes: ?wait=30, a WebSocket or Server-Sent Events")
	}
	if most := p.fact("websockets"); most != "" {
		p.title = "Too many WebSockets"
		p.message = fmt.Sprintf("The account has %s WebSockets open, and may not have more.", most)
		p.suggestions = []string{"Close one of them", "Server-Sent Events are not counted: send Accept: text/event-stream", "The operator can raise the limit with --max-websockets"}
	}
}

func queueWords(p *problem, _ *http.Request) {
	p.message = fmt.Sprintf("The account has %s jobs waiting, and may not have more than %s.", p.fact("waiting"), p.fact("max"))
	p.suggestions = []string{"Submit again when some have begun; nothing of this request was kept", "Cancel jobs that are not needed", "The operator can raise the limit with --max-waiting"}
}

func mailWords(p *problem, _ *http.Request) {
	p.message = fmt.Sprintf("notification_settings.email: the account has asked for %s e-mails in the last 24 hours, and may not ask for more than %s.", p.fact("asked"), p.fact("max"))
	p.suggestions = []string{"Submit it without `email`, or with a `webhook_url`, which is not counted; nothing of this request was kept", "Submit it again when Retry-After is over", "The operator can raise the limit with --max-mails"}
}

func slowWords(p *problem, _ *http.Request) {
	p.message = fmt.Sprintf("The body came too slowly: less than %s bytes in %s.", p.fact("least"), p.fact("time"))
	p.suggestions = []string{"Nothing of this request was kept: send it again over a faster line"}
}
