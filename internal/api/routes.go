package api

import "docket/internal/account"

// What a caller needs for a route.
const (
	public = account.Scopes(0) // anyone, also without a key
	read   = account.Read
	write  = account.Write
	admin  = account.Admin
)

// Route is one line of the route table.
type Route struct {
	Method, Pattern string
	Scope           account.Scopes // that the caller needs; 0 for none
	dialect         dialect
	handle          handler
}

// Routes is every route there is.
func (a *API) Routes() []Route {
	return []Route{
		{"POST", "/jobs", write, jobsDialect, a.creates(a.createJob)},
		{"GET", "/jobs", read, jobsDialect, a.counted(account.Lists, a.listJobs)},
		{"GET", "/jobs/status", read, jobsDialect, a.counted(account.Batches, a.getMany)},
		{"POST", "/jobs/bulk", write, jobsDialect, a.counted(account.Batches, a.bulkJobs)},
		{"GET", "/batches", read, jobsDialect, a.counted(account.Lists, a.listBatches)},
		{"POST", "/jobs/batch", write, jobsDialect, a.creates(a.createBatch)},
		{"GET", "/jobs/batch/{id}", read, jobsDialect, a.counted(account.Batches, a.getBatch)},
		{"POST", "/jobs/batch/{id}/cancel", write, jobsDialect, a.cancelBatch},
		{"POST", "/jobs/batch/{id}/rerun", write, jobsDialect, a.creates(a.rerunBatch)},
		{"GET", "/jobs/{id}", read, jobsDialect, a.counted(account.Reads, a.getJob)},
		{"DELETE", "/jobs/{id}", write, jobsDialect, a.deleteJob},
		{"GET", "/jobs/{id}/status", public, jobsDialect, a.getStatus},
		{"GET", "/jobs/{id}/result", read, jobsDialect, a.counted(account.Reads, a.getResult)},
		{"GET", "/jobs/{id}/results", read, jobsDialect, a.counted(account.Reads, a.getResult)},
		{"GET", "/jobs/{id}/events", read, jobsDialect, a.counted(account.Reads, a.getEvents)},
		{"GET", "/jobs/{id}/input/{n}", read, jobsDialect, a.counted(account.Reads, a.getInput)},
		{"GET", "/jobs/{id}/pages/{n}.png", read, jobsDialect, a.counted(account.Reads, a.getPage)},
		{"GET", "/jobs/{id}/deliveries", read, jobsDialect, a.counted(account.Reads, a.getJobDeliveries)},
		{"POST", "/jobs/{id}/cancel", write, jobsDialect, a.cancelJob},
		{"POST", "/jobs/{id}/rerun", write, jobsDialect, a.creates(a.rerunJob)},

		{"POST", "/parse", write, visionDialect, a.creates(a.createParse)},
		{"GET", "/parse/{id}", read, visionDialect, a.counted(account.Reads, a.getParse)},
		{"POST", "/v2/parse/upload", write, uploadDialect, a.creates(a.createUpload)},
		{"POST", "/v2/extract", write, visionDialect, a.creates(a.createExtract)},
		{"POST", "/extract", write, visionDialect, a.creates(a.createExtract)},
		{"POST", "/cite", write, visionDialect, a.creates(a.createExtract)},
		{"GET", "/v2/extract/{id}", read, visionDialect, a.counted(account.Reads, a.getExtract)},
		{"GET", "/extract/{id}", read, visionDialect, a.counted(account.Reads, a.getExtract)},
		{"GET", "/cite/{id}", read, visionDialect, a.counted(account.Reads, a.getExtract)},
		{"POST", "/classify", write, visionDialect, a.creates(a.createClassify)},
		{"GET", "/classify/{id}", read, visionDialect, a.counted(account.Reads, a.getClassify)},
		{"POST", "/splitter", write, visionDialect, a.creates(a.createSplit)},
		{"GET", "/splitter/{id}", read, visionDialect, a.counted(account.Reads, a.getSplit)},

		{"POST", "/v1/api/jobs", write, platformDialect, a.creates(a.createPlatformJob)},
		{"GET", "/v1/api/jobs", read, platformDialect, a.counted(account.Lists, a.listPlatformJobs)},
		{"GET", "/v1/api/jobs/{id}", read, platformDialect, a.counted(account.Reads, a.getPlatformJob)},
		{"POST", "/v1/api/jobs/{id}/rerun", write, platformDialect, a.creates(a.rerunPlatformJob)},
		{"POST", "/v1/api/jobs/{id}/cancel", write, platformDialect, a.cancelPlatformJob},

		{"POST", "/webhooks", write, jobsDialect, a.createWebhook},
		{"GET", "/webhooks", read, jobsDialect, a.counted(account.Lists, a.listWebhooks)},
		{"GET", "/webhooks/secret", write, jobsDialect, a.getSecret},
		{"POST", "/webhooks/secret", write, jobsDialect, a.rotateSecret},
		{"GET", "/webhooks/{id}", read, jobsDialect, a.getWebhook},
		{"DELETE", "/webhooks/{id}", write, jobsDialect, a.deleteWebhook},
		{"POST", "/webhooks/{id}/rotate", write, jobsDialect, a.rotateWebhook},
		{"POST", "/webhooks/{id}/enable", write, jobsDialect, a.enableWebhook},
		{"POST", "/webhooks/{id}/test", write, jobsDialect, a.testWebhook},
		{"POST", "/webhooks/{id}/replay", write, jobsDialect, a.replayWebhook},
		{"GET", "/webhooks/{id}/deliveries", read, jobsDialect, a.counted(account.Lists, a.listDeliveries)},
		{"GET", "/webhooks/{id}/deliveries/{delivery}", read, jobsDialect, a.getDelivery},
		{"POST", "/webhooks/{id}/deliveries/{delivery}/replay", write, jobsDialect, a.replayDelivery},

		// These two ask for the scope read themselves: a ticket stands for a key.
		{"GET", "/events", public, jobsDialect, a.streamAccount},
		{"POST", "/tickets", read, jobsDialect, a.createTicket},

		{"POST", "/session", public, jobsDialect, a.createSession},
		{"GET", "/session", read, jobsDialect, a.getSession},
		{"DELETE", "/session", public, jobsDialect, a.deleteSession},
		{"POST", "/keys", admin, jobsDialect, a.createKey},
		{"GET", "/keys", admin, jobsDialect, a.counted(account.Lists, a.listKeys)},
		{"GET", "/keys/{id}", admin, jobsDialect, a.getKey},
		{"POST", "/keys/{id}/rotate", admin, jobsDialect, a.rotateKey},
		{"DELETE", "/keys/{id}", admin, jobsDialect, a.revokeKey},
		{"GET", "/accounts", admin, jobsDialect, a.counted(account.Lists, a.listAccounts)},
		{"GET", "/usage", read, jobsDialect, a.getUsage},
		{"GET", "/stats", read, jobsDialect, a.counted(account.Lists, a.getStats)},
		{"GET", "/audit", admin, jobsDialect, a.counted(account.Lists, a.listActs)},
		{"GET", "/pauses", admin, jobsDialect, a.listPauses},
		{"PUT", "/pauses/{what}", admin, jobsDialect, a.pause},
		{"DELETE", "/pauses/{what}", admin, jobsDialect, a.resume},

		{"GET", "/files/{signed}", public, jobsDialect, a.getFile},
		{"PUT", "/uploads/{signed}", public, uploadDialect, a.upload},
		{"GET", "/healthz", public, jobsDialect, a.getHealth},
		{"GET", "/readyz", public, jobsDialect, a.getReadiness},
		{"GET", "/metrics", admin, jobsDialect, a.getMetrics},
		{"GET", "/openapi/{name}.yaml", public, jobsDialect, a.getSpec},
		{"GET", "/docs", public, jobsDialect, a.getDocs},
		{"GET", "/docs/{file}", public, jobsDialect, a.getDocs},
		{"GET", "/", public, jobsDialect, a.getHome},
		{"GET", "/ui", public, jobsDialect, a.getDashboardRoot},
		{"GET", dashboardPage, public, jobsDialect, a.getDashboard},
	}
}
