// Every dashboard, in the order in which somebody who was woken needs them.
import type { Dashboard } from './dashboard.ts'
import { FLEET } from './fleet.ts'
import { GATEWAY } from './gateway.ts'
import { HEARTBEAT_DASHBOARD } from './heartbeat.ts'
import { ON_CALL } from './oncall.ts'
import { OVERVIEW } from './overview.ts'

export const DASHBOARDS: readonly Dashboard[] = [OVERVIEW, FLEET, HEARTBEAT_DASHBOARD, ON_CALL, GATEWAY]
