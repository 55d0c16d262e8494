package devnet

type adminServer struct{}

func (a *adminServer) close() {}

func (d *Devnet) serveAdmin() error { d.admin = &adminServer{}; return nil }
