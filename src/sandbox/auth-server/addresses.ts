/** The address of the original's SDKs first, that of its current documentation second. */
export const authorizePaths = ['/apps/auth', '/my/settings/openapi/grantingaccess/'] as const

export const tokenPath = '/apps/token'
