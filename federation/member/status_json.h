// Status and events as JSON text, for RPC and ZeroMQ: amounts in satoshi, ids in display order.
#pragma once

#include "federation/member/status.h"

namespace sluice::member {

std::string federation_json(const FederationStatus& status);         // getfederationinfo, topic federation
std::string reserves_json(const ReservesStatus& status);             // getreserves, topic reserves
std::string pegout_json(const PegoutStatus& status);                 // an element of getpegoutstatus, topic pegout
std::string pegouts_json(const std::vector<PegoutStatus>& pegouts);  // getpegoutstatus

}  // namespace sluice::member
