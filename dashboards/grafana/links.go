package grafana

import (
	"fmt"

	"diemhouse/dashboards/panel"
)

// Explorer is where transactions, blocks and addresses of Base can be looked up.
const Explorer = "https://basescan.org"

// dataLink is Grafana's link of a value.
//
//nolint:tagliatelle // the names are Grafana's
type dataLink struct {
	Title       string `json:"title"`
	URL         string `json:"url"`
	TargetBlank bool   `json:"targetBlank"`
}

const rawValue = "${__value.raw}"

func explore(what string) dataLink {
	return dataLink{Title: "Open in the explorer", URL: Explorer + "/" + what + "/" + rawValue, TargetBlank: true}
}

// dataLinks are where a value leads. walletUID names the wallet dashboard.
func dataLinks(link panel.Link, walletUID string) []dataLink {
	switch link {
	case panel.ToTransaction:
		return []dataLink{explore("tx")}
	case panel.ToBlock:
		return []dataLink{explore("block")}
	case panel.ToAddress:
		return []dataLink{explore("address")}
	case panel.ToWallet:
		return []dataLink{
			{Title: "Open the wallet", URL: fmt.Sprintf("/d/%s?var-wallet=%s&${__url_time_range}", walletUID, rawValue)},
			explore("address"),
		}
	}

	return nil
}
