<#
.SYNOPSIS
Removes xlsig from Excel, and its environment.
#>
[CmdletBinding()]
param([string] $Environment = (Join-Path $env:LOCALAPPDATA 'xlsig\venv'))

Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'

$xlsig = Join-Path $Environment 'Scripts\xlsig.exe'
if (-not (Test-Path -LiteralPath $xlsig)) {
    throw "xlsig is not installed in ${Environment}: name the folder with -Environment."
}
& $xlsig uninstall --host excel
if ($LASTEXITCODE -ne 0) { throw 'xlsig was not removed from Excel, so its environment stays. The sentence above says why.' }
Remove-Item -LiteralPath $Environment -Recurse -Force
