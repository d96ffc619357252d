<#
.SYNOPSIS
Removes xlsig from Excel, and its environment.
#>
[CmdletBinding()]
param([string] $Environment = (Join-Path $env:LOCALAPPDATA 'Programs\xlsig'))

Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'
trap { [Console]::Error.WriteLine($_.Exception.Message); exit 1 }

$xlsig = Join-Path $Environment 'Scripts\xlsig.exe'
if (-not (Test-Path -LiteralPath $xlsig)) {
    throw "xlsig is not installed in ${Environment}: name the folder with -Environment."
}
if (-not (Test-Path -LiteralPath (Join-Path $Environment 'made-by-xlsig.txt'))) {
    throw "$Environment was not made by install.ps1 and is left alone: run xlsig uninstall --host excel there."
}
& $xlsig uninstall --host excel
if ($LASTEXITCODE -ne 0) { throw 'xlsig was not removed from Excel, so its environment stays. The sentence above says why.' }
Remove-Item -LiteralPath $Environment -Recurse -Force
