module docket/bench/peers/contestant

go 1.26
